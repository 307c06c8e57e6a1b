/** The rules of a firewall: edited freely or from presets. Who would lock themselves out says that it is meant. */
import { useState } from 'react';
import { api, type VpsDetail } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Button, IconButton } from '../../kit/ui/button.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Checkbox, SelectField, TextField } from '../../kit/ui/field.tsx';
import { ANYWHERE, MOST_RULES, portsProblem, presets, type Protocol, type RuleRow, sourcesProblem } from '../../features/vps/firewall.ts';
import { useFirewallRows } from '../../features/vps/use-firewall-rows.ts';
import { panelWords } from '../words/panels.ts';

export function FirewallEditor({ vps, onClose }: { vps: VpsDetail; onClose: () => void }) {
  const t = panelWords.use();
  const session = useSession();
  const { rows, rules, wrong, changed, locksOut, add, change, remove } = useFirewallRows(vps.firewall);
  const [isMeant, mean] = useState(false);
  const save = useAction(() => api.actOnVps({ id: vps.id, body: { action: 'configure', firewall: rules } }), {
    quiet: true,
    done: onClose,
  });
  const full = rows.length < MOST_RULES ? null : t('mostRules');
  const missing = (): string | null => {
    if (rows.length === 0) return t('noRule');
    if (wrong >= 0) return t('ruleWrong', { n: wrong + 1 });
    if (!changed) return t('nothingChanged');
    return locksOut && !isMeant ? t('locksOut') : null;
  };
  return (
    <Dialog open onOpenChange={onClose} shape="wide" title={t('firewallOf', { label: vps.label })} description={t('firewallLead')}>
      <DialogForm
        error={save.error}
        fields={[]}
        missing={missing()}
        busy={save.isPending}
        action={t('saveFirewall')}
        onCancel={onClose}
        onSubmit={() => save.mutate(undefined)}
      >
        <div role="group" aria-label={t('addPreset')} className="flex flex-wrap gap-2">
          {presets(session?.client_address ?? null).map((preset) => (
            <Button
              key={preset.id}
              icon="plus"
              disabledReason={preset.disabledReason === null ? full : t('addressUnknown')}
              onClick={() => add(preset.rules)}
            >
              {t('preset', { preset: preset.id })}
            </Button>
          ))}
          <Button icon="plus" onClick={() => add([{ protocol: 'tcp', ports: '', sources: ANYWHERE }])}>
            {t('anotherRule')}
          </Button>
        </div>
        <ul aria-label={t('rules')} className="flex flex-col gap-4">
          {rows.map((row, index) => (
            <li key={row.key}>
              <Row row={row} number={index + 1} change={(part) => change(row.key, part)} remove={() => remove(row.key)} />
            </li>
          ))}
        </ul>
        {locksOut && <Checkbox label={t('locksOut')} checked={isMeant} onChange={(event) => mean(event.target.checked)} />}
      </DialogForm>
    </Dialog>
  );
}

interface RowProps {
  row: RuleRow;
  number: number;
  change: (part: Partial<RuleRow>) => void;
  remove: () => void;
}

function Row({ row, number, change, remove }: RowProps) {
  const t = panelWords.use();
  const protocols = [
    { value: 'tcp', label: 'TCP' },
    { value: 'udp', label: 'UDP' },
    { value: 'icmp', label: t('ping') },
  ];
  return (
    <fieldset className="grid grid-cols-1 gap-3 rounded-md border border-line p-3 sm:grid-cols-[8rem_8rem_minmax(0,1fr)_auto]">
      <legend className="sr-only">{t('rule', { n: number })}</legend>
      <SelectField
        label={t('protocol')}
        value={row.protocol}
        options={protocols}
        onChange={(event) => change({ protocol: event.target.value as Protocol })}
      />
      {row.protocol === 'icmp' ? (
        <p className="text-ink-2 sm:mt-8">{t('noPorts')}</p>
      ) : (
        <TextField
          label={t('ports')}
          value={row.ports}
          placeholder="443"
          spellCheck={false}
          onChange={(event) => change({ ports: event.target.value })}
          error={portsProblem(row.protocol, row.ports) && { rule: t('portsWrong'), remedy: '' }}
        />
      )}
      <TextField
        label={t('from')}
        value={row.sources}
        spellCheck={false}
        onChange={(event) => change({ sources: event.target.value })}
        error={sourcesProblem(row.sources) && { rule: t('sourcesWrong'), remedy: '' }}
      />
      <IconButton icon="trash" label={t('removeRule', { n: number })} className="self-start sm:mt-6" onClick={remove} />
    </fieldset>
  );
}
