/** Renaming and reinstalling a server. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSupportNote } from '../../features/vps/support-note.ts';
import type { Image } from '../../kit/api/catalog.ts';
import { api, type VpsDetail } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { vpsCatalogQuery } from '../../kit/api/queries.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import { keyWords } from '../words/keys.ts';
import { serverWords } from '../words/server.ts';
import { KeyPicker } from './key-picker.tsx';
import { RenameDialog } from './rename-dialog.tsx';

interface DialogProps {
  vps: VpsDetail;
  onClose: () => void;
}

export function RenameServer({ vps, onClose }: DialogProps) {
  const t = serverWords.use();
  return (
    <RenameDialog
      title={t('renameTitle', { label: vps.label })}
      lead={t('renameLead')}
      name={vps.label}
      label={t('newName')}
      action={t('rename')}
      field="label"
      maxLength={63}
      rename={(label) => api.actOnVps({ id: vps.id, body: { action: 'rename', label } })}
      onClose={onClose}
    />
  );
}

export function ReinstallDialog({ vps, onClose }: DialogProps) {
  const t = serverWords.use();
  const images = useQuery(vpsCatalogQuery<Image>('images', vps.id)).data?.items ?? [];
  const [image, setImage] = useState(vps.image);
  const k = keyWords.use();
  const [typed, setTyped] = useState('');
  const [keyIds, setKeyIds] = useState<readonly string[]>([]);
  const keys = keyIds.length === 0 ? {} : { ssh_key_ids: [...keyIds] };
  const reinstall = useAction(() => api.actOnVps({ id: vps.id, body: { action: 'reinstall', image, ...keys } }), {
    quiet: true,
    done: onClose,
  });
  const usable = images.filter((each) => !each.deprecated && (each.regions === null || each.regions.includes(vps.region)));
  const family = images.find(({ id }) => id === image)?.family;
  const support = useSupportNote(images.find(({ id }) => id === image));
  const options = usable.some(({ id }) => id === vps.image) ? usable : [{ id: vps.image, name: vps.names.image }, ...usable];
  return (
    <Dialog open onOpenChange={onClose} title={t('reinstallTitle', { label: vps.label })} description={t('reinstallLead')}>
      <DialogForm
        error={reinstall.error}
        fields={['image', 'ssh_key_ids']}
        missing={typed.trim() === vps.label ? null : t('typeNameFirst', { label: vps.label })}
        busy={reinstall.isPending}
        action={t('reinstallAction')}
        variant="danger"
        onCancel={onClose}
        onSubmit={() => reinstall.mutate(undefined)}
      >
        <SelectField
          label={t('system')}
          value={image}
          options={options.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => setImage(event.target.value)}
          help={support}
          error={fieldError(reinstall.error, 'image')}
        />
        {family !== 'windows' && (
          <KeyPicker
            legend={k('pickAgain')}
            help={k('pickAgainHelp')}
            chosen={keyIds}
            onChange={setKeyIds}
            error={fieldError(reinstall.error, 'ssh_key_ids')}
          />
        )}
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
