/** What answers on a server's console, whether it is a serial line or a screen: a login, its password, and a few words. */
import { sha512Crypt } from '../../../lib/sha512-crypt.ts';
import type { SimServer } from '../model.ts';

/** Of `passwd` and `chpasswd` in user data; the salt alone too. */
const HASH = /\$6\$([./0-9A-Za-z]{1,16})\$[./0-9A-Za-z]{86}/;

export class Shell {
  readonly #server: SimServer;
  readonly #greeting: string;
  readonly #say: (text: string) => void;
  #typed = '';
  #state: 'login' | 'password' | 'shell' = 'login';

  /** `say` gets what a terminal would show, with `\r\n` at the ends of lines. */
  constructor(server: SimServer, greeting: string, say: (text: string) => void) {
    this.#server = server;
    this.#greeting = greeting;
    this.#say = say;
    this.restart();
  }

  /** As after a boot. */
  restart(): void {
    this.#typed = '';
    this.#state = 'login';
    this.#say(`\r\n${this.#greeting}\r\n\r\n${this.#login()}`);
  }

  /** What is typed comes back as a terminal shows it; a password does not. */
  type(text: string): void {
    for (const letter of text) {
      if (letter === '\r') this.#enter();
      else if (letter === '\b' || letter === '\u007F') this.#takeBack();
      else if (letter !== '\n') {
        this.#typed += letter;
        if (this.#state !== 'password') this.#say(letter);
      }
    }
  }

  #takeBack(): void {
    if (this.#typed === '') return;
    this.#typed = this.#typed.slice(0, -1);
    if (this.#state !== 'password') this.#say('\b \b');
  }

  #enter(): void {
    const said = this.#typed.trim();
    this.#typed = '';
    if (this.#state === 'login') {
      this.#state = 'password';
      this.#say('\r\nPassword: ');
    } else if (this.#state === 'password') {
      const good = isPasswordOf(this.#server, said);
      this.#state = good ? 'shell' : 'login';
      this.#say(good ? `\r\n${this.#prompt()}` : `\r\nLogin incorrect\r\n${this.#login()}`);
    } else if (said === 'exit') {
      this.#state = 'login';
      this.#say(`\r\nlogout\r\n${this.#login()}`);
    } else this.#say(`\r\n${outputOf(said, this.#server)}${this.#prompt()}`);
  }

  #login(): string {
    return `${this.#server.name} login: `;
  }

  #prompt(): string {
    return `root@${this.#server.name}:~# `;
  }
}

/** The first boot sets the one of its user data, where there is one, by its hash. */
function isPasswordOf({ password, userData }: SimServer, said: string): boolean {
  const text = userData.startsWith('#') ? userData : Buffer.from(userData, 'base64').toString('utf8');
  const [hash, salt] = HASH.exec(text) ?? [];
  return salt === undefined ? said === password : sha512Crypt(said, salt) === hash;
}

function outputOf(said: string, { name, ipv4 }: SimServer): string {
  const [word, ...rest] = said.split(' ');
  if (said === '') return '';
  if (word === 'echo') return `${rest.join(' ')}\r\n`;
  if (word === 'hostname') return `${name}\r\n`;
  if (word === 'ip') return `inet ${ipv4}/32 scope global eth0\r\n`;
  return `${word}: command not found\r\n`;
}
