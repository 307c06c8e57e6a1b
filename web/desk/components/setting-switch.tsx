import { useState } from 'react';
import type { VpsAccepted, VpsChange, VpsDetail } from '../../kit/api/client.ts';
import { capabilityProblem, rightProblem } from '../lib/abilities.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { PreviewedDialog } from './previewed-dialog.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';

interface SwitchProps {
  vps: VpsDetail;
  /** In a sentence: `backups`. */
  what: string;
  /** Whether it is on now. */
  on: boolean;
  /** Why it cannot be switched whoever asks, or null. */
  cannot: string | null;
  /** What the other position means, before the preview tells the rest. */
  lead: string;
  change: VpsChange;
  onRequested: (accepted: VpsAccepted) => void;
}

/** A setting of a VPS that is on or off: the button, and the preview before the decision. */
export function SettingSwitch({ vps, what, on, cannot, lead, change, onRequested }: SwitchProps) {
  const [asking, ask] = useState(false);
  const mayNot = rightProblem(useSession(), 'vps:configure') ?? capabilityProblem(vps, 'configure');
  const title = `Switch ${what} ${on ? 'off' : 'on'}`;
  return (
    <>
      <Button className="mt-3" disabledReason={mayNot ?? cannot} onClick={() => ask(true)}>
        {title}
      </Button>
      {asking && (
        <PreviewedDialog
          vps={vps}
          title={title}
          lead={lead}
          change={change}
          hold={null}
          onClose={() => ask(false)}
          onRequested={(accepted) => {
            ask(false);
            onRequested(accepted);
          }}
        />
      )}
    </>
  );
}

export function OnOff({ on }: { on: boolean }) {
  return <Badge tone={on ? 'good' : 'quiet'}>{on ? 'On' : 'Off'}</Badge>;
}
