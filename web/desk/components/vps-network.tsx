/** Who may reach a server, and which name its addresses lead back to. */
import { useState } from 'react';
import type { FirewallRules, VpsAccepted, VpsDetail } from '../../kit/api/client.ts';
import { capabilityProblem, featureProblem, rightProblem } from '../lib/abilities.ts';
import { sourcesText } from '../../features/vps/firewall.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { FirewallDialog } from './firewall-dialog.tsx';
import { PreviewedDialog } from './previewed-dialog.tsx';
import { OnOff, SettingSwitch } from './setting-switch.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { Table } from '../../kit/ui/table.tsx';

interface NetworkProps {
  vps: VpsDetail;
  onRequested: (accepted: VpsAccepted) => void;
}

export function VpsNetwork(props: NetworkProps) {
  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <FirewallCard {...props} />
      <AddressCard {...props} />
    </div>
  );
}

function FirewallCard({ vps, onRequested }: NetworkProps) {
  const [asking, ask] = useState<'edit' | 'off' | null>(null);
  const mayNot = rightProblem(useSession(), 'vps:configure') ?? capabilityProblem(vps, 'configure');
  const cannot = featureProblem(vps, 'firewall');
  const ordered = (accepted: VpsAccepted): void => {
    ask(null);
    onRequested(accepted);
  };
  return (
    <Card
      title="Firewall"
      actions={
        <span className="flex flex-wrap items-center gap-2">
          <OnOff on={vps.firewall !== null} />
          {vps.firewall && (
            <Button disabledReason={mayNot} onClick={() => ask('off')}>
              Switch off
            </Button>
          )}
          <Button disabledReason={mayNot ?? cannot} onClick={() => ask('edit')}>
            {vps.firewall ? 'Edit the rules' : 'Set up a firewall'}
          </Button>
        </span>
      }
    >
      {cannot !== null && <p className="mb-2 text-ink-2">{cannot}</p>}
      {vps.firewall ? (
        <Rules rules={vps.firewall} />
      ) : (
        <p>There is none at the provider: everything may come in that the server itself answers.</p>
      )}
      {asking === 'edit' && <FirewallDialog vps={vps} onClose={() => ask(null)} onRequested={ordered} />}
      {asking === 'off' && (
        <PreviewedDialog
          vps={vps}
          title={`Switch off the firewall of ${vps.label}`}
          lead="Everything may come in then that the server itself answers. The rules are not kept."
          change={{ action: 'configure', firewall: null }}
          hold={null}
          onClose={() => ask(null)}
          onRequested={ordered}
        />
      )}
    </Card>
  );
}

function Rules({ rules }: { rules: FirewallRules }) {
  return (
    <>
      <Table label="Firewall rules" head={['Protocol', 'Ports', 'From']}>
        {rules.map((rule, index) => (
          // Rules have no identity but their place.
          <tr key={index}>
            <td className="py-1.5 pr-4">{rule.protocol === 'icmp' ? 'Ping (ICMP)' : rule.protocol.toUpperCase()}</td>
            <td className="py-1.5 pr-4">{rule.protocol === 'icmp' ? '–' : (rule.ports ?? 'all')}</td>
            <td className="py-1.5 font-mono text-xs break-words">{sourcesText(rule.sources)}</td>
          </tr>
        ))}
      </Table>
      <p className="mt-2 text-xs text-ink-2">Nothing else may come in. Everything may go out.</p>
    </>
  );
}

function AddressCard({ vps, onRequested }: NetworkProps) {
  const cannot = vps.reverse_dns
    ? null
    : (featureProblem(vps, 'reverse_dns') ??
      (vps.dns_name === null ? 'It has no name in the DNS that its addresses could lead back to.' : null));
  return (
    <Card title="Addresses and names">
      <Facts
        items={[
          ['IPv4', vps.ipv4 && <Code what="IPv4 address">{vps.ipv4}</Code>],
          ['IPv6', vps.ipv6 && <Code what="IPv6 address">{vps.ipv6}</Code>],
          ['DNS name', vps.dns_name && <Code what="DNS name">{vps.dns_name}</Code>],
          ['Reverse DNS', <OnOff key="rdns" on={vps.reverse_dns} />],
        ]}
      />
      <p className="mt-3 text-xs text-ink-2">
        {cannot ?? 'With reverse DNS the addresses lead back to the name: receivers of e-mail want that.'}
      </p>
      <SettingSwitch
        vps={vps}
        what="reverse DNS"
        on={vps.reverse_dns}
        cannot={cannot}
        lead={
          vps.reverse_dns
            ? 'The provider gives the addresses its own names again.'
            : `${[vps.ipv4, vps.ipv6].filter(Boolean).join(' and ')} will lead back to ${vps.dns_name}.`
        }
        change={{ action: 'configure', reverse_dns: !vps.reverse_dns }}
        onRequested={onRequested}
      />
    </Card>
  );
}
