/** What a customer takes along before a server ends: its files by a command of their own, and their papers. */
import { useQuery } from '@tanstack/react-query';
import { api, type VpsDetail } from '../../kit/api/client.ts';
import { outputsQuery } from '../../kit/api/queries.ts';
import { saveFile } from '../../kit/lib/save-file.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMay, useSession } from '../../kit/lib/use-session.ts';
import { Button } from '../../kit/ui/button.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { Link } from '../link.tsx';
import { takeDataWords } from '../words/take-data.ts';
import { isWindows } from './rdp.ts';
import { archiveOf, copyCommand, downloadCommand } from './download-command.ts';

export function TakeData({ vps }: { vps: VpsDetail }) {
  const t = takeDataWords.use();
  const address = vps.ipv4 ?? vps.ipv6;
  const user = useQuery({ ...outputsQuery(vps.id), enabled: address !== null }).data?.outputs?.rootUser ?? 'root';
  return (
    <section aria-label={t('title')} className="flex flex-col gap-3 rounded-md border border-line p-3">
      <div>
        <h3 className="font-medium">{t('title')}</h3>
        <p className="text-sm text-ink-2">{t('lead')}</p>
      </div>
      {address !== null && vps.power_state === 'stopped' && <p className="text-sm">{t('off')}</p>}
      {address !== null &&
        (isWindows(user) ? (
          <Command title={t('windows')} text={copyCommand(vps.label)} help={t('windowsHelp')} />
        ) : (
          <Command
            title={t('command')}
            text={downloadCommand(vps.label, address, user)}
            help={t('commandHelp', { file: archiveOf(vps.label) })}
          />
        ))}
      <Papers />
    </section>
  );
}

function Command({ title, text, help }: { title: string; text: string; help: string }) {
  const t = takeDataWords.use();
  return (
    <div className="flex flex-col gap-1.5">
      <h4 className="text-sm font-medium">{title}</h4>
      <div className="rounded-md border border-line bg-canvas px-3 py-2.5" data-testid="take-data">
        <Code what={t('commandWhat')}>{text}</Code>
      </div>
      <p className="text-xs text-ink-2">{help}</p>
    </div>
  );
}

function Papers() {
  const t = takeDataWords.use();
  const may = useMay();
  // A token has no person about whom something is kept.
  const isPerson = useSession()?.user_id != null;
  const save = useAction(async () =>
    saveFile(`${t('personFile')}.json`, JSON.stringify(await api.exportMe(), null, 2), 'application/json'),
  );
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
      {may('invoice:read') && (
        <span>
          <Link to="/portal/billing" className="underline underline-offset-2">
            {t('records')}
          </Link>{' '}
          <span className="text-ink-2">{t('recordsHelp')}</span>
        </span>
      )}
      {isPerson && (
        <Button icon="download" className="min-h-9" busy={save.isPending} onClick={() => save.mutate(undefined)}>
          {t('person')}
        </Button>
      )}
    </div>
  );
}
