/** The page of one server's console, `/console/<id>`: an entry of its own, since a terminal and a screen need another policy. */
import { createRoot } from 'react-dom/client';
import { preferredLanguage, setLanguage } from '../kit/i18n/language.ts';
import '../kit/index.css';
import '../kit/lib/theme.ts';
import { TooltipProvider } from '../kit/ui/tooltip.tsx';
import { ConsolePage } from './console-page.tsx';

setLanguage(preferredLanguage());

// Not in strict mode, which would open each console twice.
createRoot(document.querySelector('#root')!).render(
  <TooltipProvider delayDuration={250}>
    <ConsolePage id={location.pathname.split('/')[2] ?? ''} />
  </TooltipProvider>,
);
