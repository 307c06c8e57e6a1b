import { useState } from 'react';
import type { VpsAccepted, VpsDetail } from '../api/client.ts';
import { capabilityProblem, featureProblem, roleProblem } from '../lib/abilities.ts';
import { useSession } from '../lib/use-session.ts';
import { PreviewedDialog } from './previewed-dialog.tsx';
import { Badge } from './ui/badge.tsx';
import { Button } from './ui/button.tsx';
import { Card } from './ui/card.tsx';

/** The provider's own scheduled backups: on or off, with the price before the decision. */
export function BackupsCard({ vps, onOrdered }: { vps: VpsDetail; onOrdered: (accepted: VpsAccepted) => void }) {
  const [asking, ask] = useState(false);
  const mayNot = roleProblem(useSession(), 'operator') ?? capabilityProblem(vps, 'configure');
  const cannot = vps.backups ? null : featureProblem(vps, 'backups');
  const next = !vps.backups;
  return (
    <Card title="Backups" actions={<Badge tone={vps.backups ? 'good' : 'quiet'}>{vps.backups ? 'On' : 'Off'}</Badge>}>
      <p className="text-ink-2">
        {cannot ??
          (vps.backups
            ? 'The provider makes them by its own schedule and replaces the oldest ones. They are in the list as soon as there are any.'
            : 'The provider would make them by its own schedule, for a price on top of the plan’s.')}
      </p>
      <Button className="mt-3" disabledReason={mayNot ?? cannot} onClick={() => ask(true)}>
        {next ? 'Switch backups on' : 'Switch backups off'}
      </Button>
      {asking && (
        <PreviewedDialog
          vps={vps}
          title={`Switch backups ${next ? 'on' : 'off'}`}
          lead={
            next
              ? `The provider makes backups of ${vps.label} from then on. The next step shows what that costs.`
              : `No more backups are made of ${vps.label}, and the provider may delete those there are at once.`
          }
          change={{ action: 'configure', backups: next }}
          hold={null}
          onClose={() => ask(false)}
          onOrdered={(accepted) => {
            ask(false);
            onOrdered(accepted);
          }}
        />
      )}
    </Card>
  );
}
