/** A serial line as a terminal. */
import { FitAddon } from '@xterm/addon-fit';
import { type ITheme, Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { ShowFace } from './line.ts';

const THEMES: Readonly<Record<'light' | 'dark', ITheme>> = {
  light: { background: '#ffffff', foreground: '#1c2629', cursor: '#1c2629', selectionBackground: '#b9dcd9' },
  dark: { background: '#10181b', foreground: '#e6ebec', cursor: '#e6ebec', selectionBackground: '#2b5d59' },
};
const themeNow = (): ITheme => THEMES[document.documentElement.classList.contains('dark') ? 'dark' : 'light'];

export const show: ShowFace = (frame, socket) => {
  const terminal = new Terminal({
    theme: themeNow(),
    fontFamily: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
    fontSize: 14,
    scrollback: 5_000,
    screenReaderMode: true,
    minimumContrastRatio: 4.5,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(frame);
  fit.fit();
  const letters = new TextEncoder();
  // Some providers' lines take bytes only.
  terminal.onData((typed) => void (socket.readyState === WebSocket.OPEN && socket.send(letters.encode(typed))));
  socket.addEventListener('message', ({ data }) => terminal.write(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)));
  const size = new ResizeObserver(() => fit.fit());
  size.observe(frame);
  const theme = new MutationObserver(() => (terminal.options.theme = themeNow()));
  theme.observe(document.documentElement, { attributeFilter: ['class'] });
  return {
    focus: () => terminal.focus(),
    close() {
      size.disconnect();
      theme.disconnect();
      terminal.dispose();
    },
  };
};
