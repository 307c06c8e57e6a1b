/** A server's screen, by VNC. */
import RFB from '@novnc/novnc';
import type { ShowFace } from './line.ts';

const SHIFT = { keysym: 0xff_e1, code: 'ShiftLeft' } as const;
const ENTER = 0xff_0d;
const TAB = 0xff_09;
/** Of a keyboard of the United States: a screen that goes by keys, not by letters, wants the shift key held. */
const SHIFTED = /[A-Z~!@#$%^&*()_+{}|:"<>?]/;
/** Faster than that, some consoles lose letters. */
const BETWEEN_KEYS_MS = 8;

export const show: ShowFace = (frame, socket, { password }, failed) => {
  const screen = new RFB(frame, socket, { credentials: { password: password ?? '' } });
  screen.scaleViewport = true;
  screen.background = 'transparent';
  screen.addEventListener('securityfailure', () => failed('password'));
  return {
    focus: () => screen.focus(),
    close: () => screen.disconnect(),
    keys: {
      ctrlAltDel: () => screen.sendCtrlAltDel(),
      async type(text) {
        for (const letter of text.replaceAll('\r\n', '\n')) {
          const isShifted = SHIFTED.test(letter);
          if (isShifted) screen.sendKey(SHIFT.keysym, SHIFT.code, true);
          screen.sendKey(keysymOf(letter), null);
          if (isShifted) screen.sendKey(SHIFT.keysym, SHIFT.code, false);
          await new Promise((resolve) => setTimeout(resolve, BETWEEN_KEYS_MS));
        }
      },
    },
  };
};

/** X11's number of a letter: of Latin 1 its own, of others Unicode's with a mark. */
function keysymOf(letter: string): number {
  if (letter === '\n' || letter === '\r') return ENTER;
  if (letter === '\t') return TAB;
  const point = letter.codePointAt(0)!;
  return point < 0x1_00 ? point : 0x1_00_00_00 + point;
}
