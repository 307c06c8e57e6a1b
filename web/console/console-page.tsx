/** A server's console: what state it is in, its buttons, and the terminal or screen itself. */
import { type KeyboardEvent, type ReactNode, useEffect, useReducer, useRef, useState } from 'react';
import { api } from '../kit/api/client.ts';
import { asApiError } from '../kit/api/problem.ts';
import { cn } from '../kit/lib/cn.ts';
import { Button, buttonClass } from '../kit/ui/button.tsx';
import { Code } from '../kit/ui/copy.tsx';
import { TextArea } from '../kit/ui/field.tsx';
import { Spinner } from '../kit/ui/spinner.tsx';
import { type Ending, type Face, type LineState, openLine } from './line.ts';
import { consoleWords } from './words/console.ts';

const ENDINGS = {
  ended: 'endEnded',
  refused: 'endRefused',
  idle: 'endIdle',
  rights: 'endRights',
  unstarted: 'endUnstarted',
  ticket: 'endTicket',
  many: 'endMany',
  full: 'endFull',
  stopping: 'endStopping',
  lost: 'endLost',
  password: 'endPassword',
} as const satisfies Record<Ending, string>;

type Keys = NonNullable<Face['keys']>;

export function ConsolePage({ id }: { id: string }) {
  const t = consoleWords.use();
  const label = useLabel(id);
  const frame = useRef<HTMLDivElement>(null);
  const buttons = useRef<HTMLDivElement>(null);
  const [opening, again] = useReducer((count: number) => count + 1, 0);
  const [state, setState] = useState<LineState>({ at: 'connecting' });
  const [isPasting, togglePaste] = useReducer((isOpen: boolean) => !isOpen, false);
  useEffect(() => openLine(id, frame.current!, setState), [id, opening]);
  const face = state.at === 'connected' ? state.face : null;
  useEffect(() => face?.focus(), [face]);
  useEffect(() => {
    document.title = label === null ? t('console') : t('ofServer', { label });
  }, [label, t]);
  // A terminal and a screen take all keys, so one has to lead out of them.
  const leave = (event: KeyboardEvent): void => {
    if (event.key !== 'F6' || !event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    buttons.current?.querySelector('button')?.focus();
  };
  return (
    <main className="flex h-dvh flex-col gap-3 bg-canvas p-3 sm:p-4">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="min-w-0 text-lg font-semibold break-words">{label ?? t('console')}</h1>
        <Standing state={state} />
        <div ref={buttons} className="ml-auto flex flex-wrap items-center gap-2">
          {face?.keys && <ScreenButtons face={face} keys={face.keys} isPasting={isPasting} paste={togglePaste} />}
          {face && <Button onClick={() => void frame.current?.requestFullscreen().then(() => face.focus())}>{t('fullscreen')}</Button>}
          {(state.at === 'ended' || state.at === 'failed') && (
            <Button variant="primary" icon="retry" onClick={again}>
              {t('again')}
            </Button>
          )}
        </div>
      </header>
      {face?.keys && isPasting && <PasteForm face={face} keys={face.keys} done={togglePaste} />}
      <Word state={state} />
      <div
        ref={frame}
        role="group"
        aria-label={t(state.at === 'connected' && state.kind === 'vnc' ? 'screen' : 'line')}
        onKeyDownCapture={leave}
        className={cn(
          'min-h-0 flex-1 overflow-hidden rounded-lg border border-line bg-surface p-2',
          state.at === 'ended' && 'opacity-55',
          (state.at === 'elsewhere' || state.at === 'failed') && 'invisible',
        )}
      />
      {face && <p className="text-xs text-ink-2">{t('leave')}</p>}
    </main>
  );
}

/** Null until it is known; the console does not wait for it. */
function useLabel(id: string): string | null {
  const [label, setLabel] = useState<string | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    api.getVps({ id, signal: gone.signal }).then(
      ({ instance }) => setLabel(instance.label),
      () => undefined,
    );
    return () => gone.abort();
  }, [id]);
  return label;
}

function Standing({ state: { at } }: { state: LineState }) {
  const t = consoleWords.use();
  const isOver = at === 'ended' || at === 'failed';
  return (
    <p
      role="status"
      className={cn('flex items-center gap-2 text-sm', at === 'connected' ? 'text-good' : isOver ? 'text-bad' : 'text-ink-2')}
    >
      {at === 'connecting' && <Spinner />}
      {at === 'connecting' ? t('connecting') : at === 'connected' ? t('connected') : isOver ? t('over') : ''}
    </p>
  );
}

/** Why there is nothing to see, and what else there is. */
function Word({ state }: { state: LineState }): ReactNode {
  const t = consoleWords.use();
  if (state.at === 'ended') return <Note>{t(ENDINGS[state.why])}</Note>;
  if (state.at === 'failed') {
    const { message, remedy } = asApiError(state.error);
    return (
      <Note>
        {message} {remedy}
      </Note>
    );
  }
  if (state.at !== 'elsewhere') return null;
  const { kind, url, password } = state.console;
  if (kind !== 'page') return <Note>{t('noLine')}</Note>;
  return (
    <div className="flex flex-col items-start gap-3">
      <p>{t('page')}</p>
      {password !== null && (
        <p className="flex flex-wrap items-center gap-2">
          {t('password')} <Code what={t('password')}>{password}</Code>
        </p>
      )}
      <a href={url} target="_blank" rel="noopener noreferrer" className={buttonClass('primary')}>
        {t('toPage')}
      </a>
    </div>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="rounded-md border border-bad/40 bg-bad-soft px-4 py-3">
      {children}
    </p>
  );
}

/** What a browser keeps for itself. */
function ScreenButtons({ face, keys, isPasting, paste }: { face: Face; keys: Keys; isPasting: boolean; paste: () => void }) {
  const t = consoleWords.use();
  return (
    <>
      <Button
        onClick={() => {
          keys.ctrlAltDel();
          face.focus();
        }}
      >
        {t('ctrlAltDel')}
      </Button>
      <Button aria-expanded={isPasting} onClick={paste}>
        {t('paste')}
      </Button>
    </>
  );
}

/** A screen takes keys, no text: it is typed. */
function PasteForm({ face, keys, done }: { face: Face; keys: Keys; done: () => void }) {
  const t = consoleWords.use();
  const [text, setText] = useState('');
  return (
    <form
      className="flex max-w-prose flex-col items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        done();
        face.focus();
        void keys.type(text);
      }}
    >
      <TextArea autoFocus label={t('pasteText')} help={t('pasteHelp')} value={text} onChange={({ target }) => setText(target.value)} />
      <Button type="submit" variant="primary">
        {t('typeIt')}
      </Button>
    </form>
  );
}
