/** Keeping a public key: pasted, or from its file. No form of its own, so that it can stand within one. */
import { useState } from 'react';
import { api, type Routes } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { TextArea, TextField } from '../../kit/ui/field.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { keyWords } from '../words/keys.ts';

export type SshKey = Routes['listSshKeys']['answer']['ssh_keys'][number];
/** More is no public key. */
const LARGEST_FILE = 16_384;

export function AddKey({ onAdded }: { onAdded?: (key: SshKey) => void }) {
  const t = keyWords.use();
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const isPrivate = text.includes('PRIVATE KEY');
  const add = useAction(() => api.createSshKey({ body: { name: name.trim(), public_key: text.trim() } }), {
    quiet: true,
    done: ({ ssh_key: key }) => {
      setName('');
      setText('');
      toast(t('added', { name: key.name }));
      onAdded?.(key);
    },
  });
  const problems = [fieldError(add.error, 'name'), fieldError(add.error, 'public_key')] as const;
  const missing = isPrivate ? t('privateKey') : text.trim() === '' ? t('keyFirst') : name.trim() === '' ? t('nameFirst') : null;
  const read = (file: File | undefined): void => {
    if (!file) return;
    void file
      .slice(0, LARGEST_FILE)
      .text()
      .then((content) => {
        setText(content.trim());
        if (name === '') setName(file.name.replace(/\.pub$/, '').slice(0, 60));
      });
  };
  return (
    <div className="flex flex-col gap-4">
      {add.error && problems.every((each) => each === null) && <ProblemNote error={add.error} />}
      <TextArea
        label={t('publicKey')}
        value={text}
        rows={3}
        spellCheck={false}
        autoComplete="off"
        className="font-mono text-xs"
        placeholder="ssh-ed25519 AAAA… you@laptop"
        onChange={(event) => setText(event.target.value)}
        help={t('publicKeyHelp')}
        error={isPrivate ? { rule: t('privateKey'), remedy: t('privateKeyRemedy') } : problems[1]}
      />
      <TextField label={t('file')} type="file" accept=".pub,text/plain" onChange={(event) => read(event.target.files?.[0])} />
      <TextField
        label={t('name')}
        value={name}
        maxLength={60}
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
        help={t('nameHelp')}
        error={problems[0]}
      />
      <Button className="self-start" busy={add.isPending} disabledReason={missing} onClick={() => add.mutate(undefined)}>
        {t('add')}
      </Button>
    </div>
  );
}
