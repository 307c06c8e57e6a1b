/** Messages with plurals and choices: import it where an audience begins. */
import { IntlMessageFormat } from 'intl-messageformat';
import { setParser } from './words.ts';

// A `<` in a message is a `<`: no message has markup.
setParser((message, locale) => new IntlMessageFormat(message, locale, undefined, { ignoreTag: true }));
