import { useState } from 'react';
import { kitWords } from '../words/kit.ts';
import { IconButton } from './button.tsx';

/** Puts `text` on the clipboard and says so. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const t = kitWords.use();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <>
      <IconButton icon={copied ? 'check' : 'copy'} label={t('copy', { what })} className="-my-1.5 size-7" onClick={() => void copy()} />
      <span role="status" className="sr-only">
        {copied ? t('copied', { what }) : ''}
      </span>
    </>
  );
}

/** A value that people copy, in fixed-width letters. */
export function Code({ children, what }: { children: string; what: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <code className="min-w-0 font-mono text-[0.8125rem] break-all">{children}</code>
      <CopyButton text={children} what={what} />
    </span>
  );
}
