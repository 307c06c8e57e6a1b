import type { VpsAccepted, VpsDetail } from '../../kit/api/client.ts';
import { featureProblem } from '../lib/abilities.ts';
import { OnOff, SettingSwitch } from './setting-switch.tsx';
import { Card } from '../../kit/ui/card.tsx';

/** The provider's own scheduled backups: on or off, with the price before the decision. */
export function BackupsCard({ vps, onRequested }: { vps: VpsDetail; onRequested: (accepted: VpsAccepted) => void }) {
  const cannot = vps.backups ? null : featureProblem(vps, 'backups');
  return (
    <Card title="Backups" actions={<OnOff on={vps.backups} />}>
      <p className="text-ink-2">
        {cannot ??
          (vps.backups
            ? 'The provider makes them by its own schedule and replaces the oldest ones. They are in the list as soon as there are any.'
            : 'The provider would make them by its own schedule, for a price on top of the plan’s.')}
      </p>
      <SettingSwitch
        vps={vps}
        what="backups"
        on={vps.backups}
        cannot={cannot}
        lead={
          vps.backups
            ? `No more backups are made of ${vps.label}, and the provider may delete those there are at once.`
            : `The provider makes backups of ${vps.label} from then on. The next step shows what that costs.`
        }
        change={{ action: 'configure', backups: !vps.backups }}
        onRequested={onRequested}
      />
    </Card>
  );
}
