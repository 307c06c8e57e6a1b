/** Who may reach a server, and which name its addresses lead back to. */
import { useState } from 'react';
import { api, type FirewallRules, type VpsDetail } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { ANYWHERE } from '../../features/vps/firewall.ts';
import { panelWords } from '../words/panels.ts';
import { FirewallEditor } from './firewall-editor.tsx';
import { has, useWhyNot } from './why.ts';

export function Network({ vps }: { vps: VpsDetail }) {
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      {(has(vps, 'firewall') || vps.firewall !== null) && <Firewall vps={vps} />}
      <Names vps={vps} />
    </div>
  );
}

function Firewall({ vps }: { vps: VpsDetail }) {
  const t = panelWords.use();
  const why = useWhyNot(vps)('configure');
  const [asking, ask] = useState<'edit' | 'off' | null>(null);
  return (
    <Card
      title={t('firewall')}
      actions={
        <span className="flex flex-wrap gap-2">
          {vps.firewall && (
            <Button disabledReason={why} onClick={() => ask('off')}>
              {t('firewallOff')}
            </Button>
          )}
          <Button disabledReason={why} onClick={() => ask('edit')}>
            {t(vps.firewall ? 'editFirewall' : 'setUpFirewall')}
          </Button>
        </span>
      }
    >
      {vps.firewall ? <Rules rules={vps.firewall} /> : <p>{t('noFirewall')}</p>}
      {asking === 'edit' && <FirewallEditor vps={vps} onClose={() => ask(null)} />}
      {asking === 'off' && <SwitchOff vps={vps} onClose={() => ask(null)} />}
    </Card>
  );
}

function Rules({ rules }: { rules: FirewallRules }) {
  const t = panelWords.use();
  const isEverybody = (sources: readonly string[]): boolean => ANYWHERE.every((each) => sources.includes(each));
  return (
    <>
      <Table label={t('rules')} head={[t('protocol'), t('ports'), t('from')]}>
        {rules.map((rule, index) => (
          // Rules have no identity but their place.
          <tr key={index}>
            <td className="py-1.5 pr-4">{rule.protocol === 'icmp' ? t('ping') : rule.protocol.toUpperCase()}</td>
            <td className="py-1.5 pr-4">{rule.protocol === 'icmp' ? '–' : (rule.ports ?? t('allPorts'))}</td>
            <td className="py-1.5 text-sm break-words">{isEverybody(rule.sources) ? t('anywhere') : rule.sources.join(', ')}</td>
          </tr>
        ))}
      </Table>
      <p className="mt-2 text-sm text-ink-2">{t('onlyThese')}</p>
    </>
  );
}

function SwitchOff({ vps, onClose }: { vps: VpsDetail; onClose: () => void }) {
  const t = panelWords.use();
  const off = useAction(() => api.actOnVps({ id: vps.id, body: { action: 'configure', firewall: null } }), { quiet: true, done: onClose });
  return (
    <Dialog open onOpenChange={onClose} title={t('firewallOffTitle', { label: vps.label })} description={t('firewallOffLead')}>
      <DialogForm
        error={off.error}
        fields={[]}
        missing={null}
        busy={off.isPending}
        action={t('firewallOff')}
        variant="danger"
        onCancel={onClose}
        onSubmit={() => off.mutate(undefined)}
      >
        {null}
      </DialogForm>
    </Dialog>
  );
}

function Names({ vps }: { vps: VpsDetail }) {
  const t = panelWords.use();
  const why = useWhyNot(vps)('configure');
  const turn = useAction((on: boolean) => api.actOnVps({ id: vps.id, body: { action: 'configure', reverse_dns: on } }));
  const { dns_name: name, reverse_dns: isOn } = vps;
  return (
    <Card title={t('names')}>
      <Facts
        items={[
          ['IPv4', vps.ipv4 && <Code what="IPv4">{vps.ipv4}</Code>],
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
          [t('dnsName'), name && <Code what={t('dnsName')}>{name}</Code>],
        ]}
      />
      {(has(vps, 'reverse_dns') || isOn) && (
        <div className="mt-4 border-t border-line pt-4">
          <h3 className="text-sm font-medium">{t('reverse')}</h3>
          <p className="mt-1 text-ink-2">{isOn ? t('reverseOn', { name: name ?? '' }) : t(name === null ? 'noDnsName' : 'reverseOff')}</p>
          {(name !== null || isOn) && (
            <Button className="mt-2 min-h-10" busy={turn.isPending} disabledReason={why} onClick={() => turn.mutate(!isOn)}>
              {t(isOn ? 'switchOff' : 'switchOn')}
            </Button>
          )}
        </div>
      )}
    </Card>
  );
}
