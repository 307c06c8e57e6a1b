/** How to get into a server: the command, the address, and the password once, after the second factor. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type RevealAnswer, type VpsDetail } from '../../kit/api/client.ts';
import { meQuery } from '../../kit/api/people-queries.ts';
import { asApiError } from '../../kit/api/problem.ts';
import { outputsQuery } from '../../kit/api/queries.ts';
import { saveFile } from '../../kit/lib/save-file.ts';
import { factorOf } from '../../kit/lib/second-factor.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { Dialog, DialogFooter } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { useNow } from '../../kit/ui/time.tsx';
import { Link } from '../link.tsx';
import { serverWords } from '../words/server.ts';
import { isWindows, rdpFile } from './rdp.ts';

const SHOWN_MS = 60_000;

export function Connect({ vps }: { vps: VpsDetail }) {
  const t = serverWords.use();
  const outputs = useQuery({ ...outputsQuery(vps.id), enabled: vps.ipv4 !== null }).data?.outputs;
  const user = outputs?.rootUser ?? 'root';
  if (vps.ipv4 === null)
    return (
      <Card title={t('connect')}>
        <p className="text-ink-2">{t('connectSoon')}</p>
      </Card>
    );
  return (
    <Card title={t('connect')}>
      <div className="flex flex-col gap-4">
        {isWindows(user) ? (
          <RemoteDesktop label={vps.label} address={vps.ipv4} user={user} />
        ) : (
          <Command text={`ssh ${user}@${vps.ipv4}`} />
        )}
        <Facts
          items={[
            [
              t('address'),
              <Code key="4" what={t('address')}>
                {vps.ipv4}
              </Code>,
            ],
            ...(vps.ipv6
              ? [
                  [
                    'IPv6',
                    <Code key="6" what="IPv6">
                      {vps.ipv6}
                    </Code>,
                  ] as const,
                ]
              : []),
            [
              t('user'),
              <Code key="u" what={t('user')}>
                {user}
              </Code>,
            ],
          ]}
        />
        <Reveal vps={vps} />
      </div>
    </Card>
  );
}

function Command({ text }: { text: string }) {
  const t = serverWords.use();
  return (
    <div>
      <h3 className="mb-1.5 text-sm font-medium">{t('command')}</h3>
      <div className="overflow-x-auto rounded-md border border-line bg-canvas px-3 py-2.5" data-testid="ssh">
        <Code what={t('copyWhat')}>{text}</Code>
      </div>
    </div>
  );
}

function RemoteDesktop({ label, address, user }: { label: string; address: string; user: string }) {
  const t = serverWords.use();
  return (
    <div>
      <h3 className="mb-1.5 text-sm font-medium">{t('remoteDesktop')}</h3>
      <Button icon="download" className="min-h-10" onClick={() => saveFile(`${label}.rdp`, rdpFile(address, user), 'application/x-rdp')}>
        {t('rdpFile')}
      </Button>
    </div>
  );
}

function Reveal({ vps }: { vps: VpsDetail }) {
  const t = serverWords.use();
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState<RevealAnswer | null>(null);
  const close = (next: boolean): void => {
    setOpen(next);
    if (!next) setShown(null);
  };
  const problem = vps.password_revealed ? t('shownBefore') : vps.password_available ? null : t('cannotNow');
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button icon="eye" className="min-h-10" disabledReason={problem} onClick={() => setOpen(true)}>
        {t('showPassword')}
      </Button>
      <span className="text-sm text-ink-2">{problem ?? t('passwordOnce')}</span>
      <Dialog open={open} onOpenChange={close} title={t('password')} description={shown ? undefined : t('needsFactor')}>
        {shown ? <Shown reveal={shown} onEnd={() => close(false)} /> : <Ask vps={vps} onShown={setShown} onCancel={() => close(false)} />}
      </Dialog>
    </div>
  );
}

function Ask({ vps, onShown, onCancel }: { vps: VpsDetail; onShown: (reveal: RevealAnswer) => void; onCancel: () => void }) {
  const t = serverWords.use();
  const me = useQuery(meQuery).data;
  const [code, setCode] = useState('');
  const reveal = useAction(
    async (factor: string) => {
      if (factor !== '') await api.showSecondFactor({ body: factorOf(factor) });
      return await api.revealVpsPassword({ id: vps.id, body: { reason: 'Shown to its owner' } });
    },
    { quiet: true, done: onShown },
  );
  const lacks = reveal.error !== null && asApiError(reveal.error).code === 'second_factor_required';
  if (me && !me.two_factor)
    return (
      <DialogFooter>
        <p className="w-full text-ink-2">{t('noFactorYet')}</p>
        <Link to="/portal/account" className={buttonClass('primary')}>
          {t('setUpFactor')}
        </Link>
      </DialogFooter>
    );
  return (
    <DialogForm
      error={lacks ? null : reveal.error}
      fields={[]}
      missing={code.trim().length < 6 ? t('typeCode') : null}
      busy={reveal.isPending}
      action={t('show')}
      icon="eye"
      onCancel={onCancel}
      onSubmit={() => reveal.mutate(code.trim())}
    >
      <TextField
        label={t('codeFromApp')}
        autoFocus
        autoComplete="one-time-code"
        inputMode="numeric"
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
    </DialogForm>
  );
}

function Shown({ reveal, onEnd }: { reveal: RevealAnswer; onEnd: () => void }) {
  const t = serverWords.use();
  const [until] = useState(() => Date.now() + SHOWN_MS);
  const left = Math.max(0, Math.ceil((until - useNow(500).getTime()) / 1000));
  useEffect(() => {
    if (left === 0) onEnd();
  }, [left, onEnd]);
  return (
    <div className="mt-3 flex flex-col gap-3">
      <Facts
        items={[
          [
            t('user'),
            <Code key="u" what={t('user')}>
              {reveal.username}
            </Code>,
          ],
          [
            t('password'),
            <span key="p" data-testid="password">
              <Code what={t('password')}>{reveal.password}</Code>
            </span>,
          ],
        ]}
      />
      <p className="text-sm text-ink-2">{t('hiddenIn', { n: left })}</p>
      <DialogFooter>
        <Button variant="primary" onClick={onEnd}>
          {t('hide')}
        </Button>
      </DialogFooter>
    </div>
  );
}
