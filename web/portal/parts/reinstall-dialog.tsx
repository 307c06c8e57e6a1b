/** A fresh system on the same server, with the offer to keep the present disk. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { SetupFields, useSetupMissing } from '../../features/vps/setup-fields.tsx';
import { KEEP_SETUP, newestOf, setupBody } from '../../features/vps/setup-form.ts';
import type { Image } from '../../kit/api/catalog.ts';
import { api, type VpsDetail } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { setupChoicesQuery, vpsCatalogQuery } from '../../kit/api/queries.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { keyWords } from '../words/keys.ts';
import { serverWords } from '../words/server.ts';
import { KeyPicker } from './key-picker.tsx';
import { useSnapshotFirst } from './snapshot-first.tsx';
import { SystemPick } from './system-pick.tsx';

interface ReinstallDialogProps {
  vps: VpsDetail;
  onClose: () => void;
}

export function ReinstallDialog({ vps, onClose }: ReinstallDialogProps) {
  const [t, k] = [serverWords.use(), keyWords.use()];
  const images = useQuery(vpsCatalogQuery<Image>('images', vps.id)).data?.items ?? [];
  const [image, setImage] = useState(vps.image);
  const [typed, setTyped] = useState('');
  const [keyIds, setKeyIds] = useState<readonly string[]>([]);
  const [setup, setSetup] = useState(KEEP_SETUP);
  const choices = useQuery(setupChoicesQuery(vps.id)).data;
  const offered = choices ? newestOf(choices) : [];
  const lacksValue = useSetupMissing(setup, offered);
  const snapshot = useSnapshotFirst(vps);
  const reinstall = useAction(
    async () => {
      await snapshot.before();
      const keys = keyIds.length === 0 ? {} : { ssh_key_ids: [...keyIds] };
      return await api.actOnVps({ id: vps.id, body: { action: 'reinstall', image, ...keys, ...setupBody(setup) } });
    },
    { quiet: true, done: onClose },
  );
  const present = images.find(({ id }) => id === vps.image);
  // The present one may be had again, also when it is offered no more.
  const own = present ?? { id: vps.image, name: vps.names.image, family: 'linux' as const };
  const fits = (each: Image): boolean => !each.deprecated && (each.regions?.includes(vps.region) ?? true);
  // A server does not change between Windows and Linux.
  const alike = (each: Image): boolean => present === undefined || (each.family === 'windows') === (present.family === 'windows');
  const usable = images.filter((each) => each.id !== vps.image && fits(each) && alike(each));
  return (
    <Dialog open onOpenChange={onClose} title={t('reinstallTitle', { label: vps.label })} description={t('reinstallLead')}>
      <DialogForm
        error={reinstall.error}
        fields={['image', 'ssh_key_ids', 'setup', 'setup.profile', ...Object.keys(setup.values).map((name) => `setup.values.${name}`)]}
        missing={lacksValue ?? (typed.trim() === vps.label ? null : t('typeNameFirst', { label: vps.label }))}
        busy={reinstall.isPending}
        action={t('reinstallAction')}
        variant="danger"
        onCancel={onClose}
        onSubmit={() => reinstall.mutate(undefined)}
      >
        <SystemPick images={[own, ...usable]} value={image} onChange={setImage} error={fieldError(reinstall.error, 'image')} />
        {present?.family !== 'windows' && (
          <KeyPicker
            legend={k('pickAgain')}
            help={k('pickAgainHelp')}
            chosen={keyIds}
            onChange={setKeyIds}
            error={fieldError(reinstall.error, 'ssh_key_ids')}
          />
        )}
        {choices && <SetupFields offered={offered} present={choices.present} form={setup} onChange={setSetup} problem={reinstall.error} />}
        {snapshot.offer}
        <TextField
          label={t('typeNameFirst', { label: vps.label })}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          autoCapitalize="none"
          onChange={(event) => setTyped(event.target.value)}
        />
      </DialogForm>
    </Dialog>
  );
}
