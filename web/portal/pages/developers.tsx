/** For programs of a customer's own: tokens and webhooks. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FrontForm } from '../../features/people/front-page.tsx';
import { api } from '../../kit/api/client.ts';
import { tokensQuery } from '../../kit/api/queries.ts';
import { dayOf } from '../../kit/lib/format.ts';
import { useMay, useSession } from '../../kit/lib/use-session.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { useConfirmed } from '../parts/confirm-factor.tsx';
import { Banner, Page } from '../parts/page.tsx';
import { webhooksQuery } from '../queries.ts';
import { teamWords } from '../words/people.ts';

export function DevelopersPage() {
  const t = teamWords.use();
  const session = useSession();
  const may = useMay();
  const isPerson = session?.user_id != null;
  return (
    <Page
      title={t('api')}
      lead={
        <>
          {t('apiLead')}{' '}
          <a href="/api/docs" className="underline underline-offset-2">
            {t('docs')}
          </a>
        </>
      }
    >
      {isPerson ? may('token:read') && <Tokens /> : session && <p className="text-ink-2">{t('forPersons')}</p>}
      {may('webhook:read') && <Webhooks />}
    </Page>
  );
}

function Tokens() {
  const t = teamWords.use();
  const tokens = useQuery(tokensQuery);
  const [name, setName] = useState('');
  const [secret, setSecret] = useState<string | null>(null);
  const make = useConfirmed(
    (wanted: string) => api.createToken({ body: { name: wanted, scopes: ['*'] } }),
    (made) => {
      setSecret(made.secret);
      setName('');
    },
  );
  const revoke = useConfirmed((id: string) => api.deleteToken({ id: id as never }));
  const shown = tokens.data?.tokens.filter(({ revoked_at: gone }) => gone === null);
  return (
    <Card title={t('tokens')}>
      <div className="flex flex-col gap-4">
        {tokens.error && <ProblemNote error={tokens.error} retry={() => void tokens.refetch()} />}
        {shown?.length === 0 && <p className="text-ink-2">{t('noTokens')}</p>}
        <ul className="divide-y divide-line">
          {shown?.map((each) => (
            <li key={each.id} className="flex flex-wrap items-center gap-3 py-2.5">
              <span className="min-w-0 flex-1">
                <span className="font-medium break-words">{each.name}</span>
                <span className="block text-sm text-ink-2">
                  <code className="font-mono">{each.prefix}…</code> ·{' '}
                  {each.last_used_at === null ? t('neverUsed') : t('lastUsed', { date: dayOf(new Date(each.last_used_at)) })}
                </span>
              </span>
              <Button variant="danger" busy={revoke.isPending} onClick={() => revoke.run(each.id)}>
                {t('revoke')}
              </Button>
            </li>
          ))}
        </ul>
        {secret !== null && (
          <Banner tone="good">
            <p className="mb-1">{t('tokenOnce')}</p>
            <Code what={t('token')}>{secret}</Code>
          </Banner>
        )}
        <FrontForm
          action={t('makeToken')}
          busy={make.isPending}
          missing={name.trim() === '' ? t('nameFirst') : null}
          onSubmit={() => make.run(name.trim())}
        >
          <TextField
            label={t('tokenName')}
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
            placeholder="terraform"
          />
        </FrontForm>
      </div>
      {make.ask}
      {revoke.ask}
    </Card>
  );
}

function Webhooks() {
  const t = teamWords.use();
  const webhooks = useQuery(webhooksQuery);
  const mayChange = useMay()('webhook:write');
  const [url, setUrl] = useState('');
  const [secret, setSecret] = useState<string | null>(null);
  const add = useAction(() => api.createWebhook({ body: { url: url.trim() } }), {
    quiet: true,
    done: (made) => {
      setSecret(made.secret);
      setUrl('');
    },
  });
  const pause = useAction(({ id, paused }: { id: string; paused: boolean }) => api.updateWebhook({ id: id as never, body: { paused } }));
  const remove = useAction((id: string) => api.deleteWebhook({ id: id as never }));
  return (
    <Card title={t('webhooks')}>
      <div className="flex flex-col gap-4">
        {webhooks.error && <ProblemNote error={webhooks.error} retry={() => void webhooks.refetch()} />}
        {webhooks.data?.length === 0 && <p className="text-ink-2">{t('noWebhooks')}</p>}
        <ul className="divide-y divide-line">
          {webhooks.data?.map((each) => (
            <li key={each.id} className="flex flex-wrap items-center gap-3 py-2.5">
              <span className="min-w-0 flex-1 break-all">
                {each.url} {each.paused_at !== null && <Badge tone="warn">{t('paused')}</Badge>}
              </span>
              {mayChange && (
                <>
                  <Button busy={pause.isPending} onClick={() => pause.mutate({ id: each.id, paused: each.paused_at === null })}>
                    {t(each.paused_at === null ? 'pause' : 'resume')}
                  </Button>
                  <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate(each.id)}>
                    {t('remove')}
                  </Button>
                </>
              )}
            </li>
          ))}
        </ul>
        {secret !== null && (
          <Banner tone="good">
            <p className="mb-1">{t('secretOnce')}</p>
            <Code what={t('secret')}>{secret}</Code>
          </Banner>
        )}
        {mayChange && (
          <FrontForm
            action={t('addWebhook')}
            busy={add.isPending}
            missing={/^https?:\/\//.test(url.trim()) ? null : t('urlFirst')}
            error={add.error}
            onSubmit={() => add.mutate(undefined)}
          >
            <TextField
              label={t('webhookUrl')}
              type="url"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
              placeholder="https://example.com/plinth"
            />
          </FrontForm>
        )}
      </div>
    </Card>
  );
}
