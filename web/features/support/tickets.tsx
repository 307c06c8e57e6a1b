/** Questions to the seller with their answers, as both sides see them. */
import { type ReactNode, useState } from 'react';
import type { Routes } from '../../kit/api/client.ts';
import { cn } from '../../kit/lib/cn.ts';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Checkbox, SelectField, TextArea, TextField } from '../../kit/ui/field.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { FrontForm } from '../people/front-page.tsx';
import { supportWords } from './words/support.ts';

export type WholeTicket = Routes['getTicket']['answer'];
export type Ticket = WholeTicket['ticket'];

const TONES = { waiting: 'warn', answered: 'good', closed: 'quiet' } as const;

export function TicketList({
  tickets,
  chosen,
  onChoose,
  menu,
}: {
  tickets: readonly Ticket[];
  chosen: string | null;
  onChoose: (id: string) => void;
  /** What can be done with one, at its end. */
  menu?: (ticket: Ticket) => ReactNode;
}) {
  const t = supportWords.use();
  if (tickets.length === 0) return <p className="py-4 text-ink-2">{t('none')}</p>;
  return (
    <ul className="flex flex-col gap-2">
      {tickets.map((each) => (
        <li key={each.id} className="flex items-start gap-1">
          <button
            type="button"
            aria-pressed={chosen === each.id}
            onClick={() => onChoose(each.id)}
            className={cn(
              'flex min-w-0 flex-1 flex-col gap-1 rounded-md border border-line bg-surface p-3 text-left hover:border-line-strong',
              chosen === each.id && 'border-accent bg-accent-soft',
            )}
          >
            <span className="flex flex-wrap items-start justify-between gap-2">
              <span className="min-w-0 font-medium break-words">{each.subject}</span>
              <Badge tone={TONES[each.status]}>{t(each.status)}</Badge>
            </span>
            <span className="text-sm text-ink-2">
              {each.vps_label === null ? null : `${t('aboutServer', { label: each.vps_label })} · `}
              <Time at={each.changed_at} />
            </span>
          </button>
          {menu?.(each)}
        </li>
      ))}
    </ul>
  );
}

interface ThreadProps {
  whole: WholeTicket;
  side: 'customer' | 'staff';
  busy: boolean;
  error: unknown;
  /** null: who is signed in may not. */
  onWrite: ((message: { text: string; internal: boolean }) => void) | null;
  onClose: (() => void) | null;
}

export function TicketThread({ whole: { ticket, messages }, side, busy, error, onWrite, onClose }: ThreadProps) {
  const t = supportWords.use();
  const [text, setText] = useState('');
  const [internal, setInternal] = useState(false);
  const send = (): void => {
    onWrite?.({ text: text.trim(), internal });
    setText('');
  };
  return (
    <div className="flex flex-col gap-4">
      <ol className="flex flex-col gap-3" aria-label={ticket.subject}>
        {messages.map((each) => (
          <li
            key={each.id}
            className={cn(
              'max-w-[85%] rounded-lg border px-4 py-3',
              each.side === side ? 'ml-auto border-accent/40 bg-accent-soft' : 'border-line bg-canvas',
              each.internal && 'border-dashed',
            )}
          >
            <p className="mb-1 text-sm text-ink-2">
              {each.author}
              {each.side === 'staff' && side === 'customer' && `, ${t('ofStaff')}`} · <Time at={each.created_at} />
              {each.internal && ` · ${t('internal')}`}
            </p>
            <p className="break-words whitespace-pre-wrap">{each.text}</p>
          </li>
        ))}
      </ol>
      {onWrite && (
        <FrontForm action={t('send')} busy={busy} missing={text.trim() === '' ? t('writeFirst') : null} error={error} onSubmit={send}>
          <TextArea label={t('reply')} rows={3} value={text} onChange={(event) => setText(event.target.value)} />
          {side === 'staff' && (
            <Checkbox label={t('internal')} checked={internal} onChange={(event) => setInternal(event.target.checked)} />
          )}
        </FrontForm>
      )}
      {onClose && ticket.status !== 'closed' && (
        <Button className="self-start" busy={busy} onClick={onClose}>
          {t('close')}
        </Button>
      )}
    </div>
  );
}

interface OpenProps {
  servers: readonly { readonly id: string; readonly label: string }[];
  busy: boolean;
  error: unknown;
  onOpen: (asked: { subject: string; text: string; vpsId: string }) => void;
}

export function NewTicket({ servers, busy, error, onOpen }: OpenProps) {
  const t = supportWords.use();
  const [subject, setSubject] = useState('');
  const [text, setText] = useState('');
  const [vpsId, setVps] = useState('');
  const missing = subject.trim().length < 3 ? t('subjectFirst') : text.trim() === '' ? t('writeFirst') : null;
  return (
    <FrontForm
      action={t('send')}
      busy={busy}
      missing={missing}
      error={error}
      onSubmit={() => onOpen({ subject: subject.trim(), text: text.trim(), vpsId })}
    >
      <TextField label={t('subject')} maxLength={150} value={subject} onChange={(event) => setSubject(event.target.value)} />
      {servers.length > 0 && (
        <SelectField
          label={t('which')}
          value={vpsId}
          options={[{ value: '', label: t('noServer') }, ...servers.map(({ id, label }) => ({ value: id, label }))]}
          onChange={(event) => setVps(event.target.value)}
        />
      )}
      <TextArea label={t('text')} rows={5} value={text} onChange={(event) => setText(event.target.value)} />
    </FrontForm>
  );
}
