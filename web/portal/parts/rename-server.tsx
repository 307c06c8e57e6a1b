/** Renaming a server. */
import { api, type VpsDetail } from '../../kit/api/client.ts';
import { serverWords } from '../words/server.ts';
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
