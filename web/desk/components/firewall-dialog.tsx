/** The rules of a firewall: edited freely or from presets, compared line by line before they are in force. */
import type { VpsAccepted, VpsDetail } from '../../kit/api/client.ts';
import { cn } from '../../kit/lib/cn.ts';
import {
  ANYWHERE,
  firewallChanges,
  MOST_RULES,
  portsProblem,
  presets,
  type Protocol,
  type RuleRow,
  rowProblem,
  type rulesOf,
  sourcesProblem,
} from '../../features/vps/firewall.ts';
import { type FirewallRows, useFirewallRows } from '../../features/vps/use-firewall-rows.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { PreviewedDialog } from './previewed-dialog.tsx';
import { Button, IconButton } from '../../kit/ui/button.tsx';
import { SelectField, TextField } from '../../kit/ui/field.tsx';
import { Icon } from '../../kit/ui/icon.tsx';

const PROTOCOLS: readonly { value: Protocol; label: string }[] = [
  { value: 'tcp', label: 'TCP' },
  { value: 'udp', label: 'UDP' },
  { value: 'icmp', label: 'Ping (ICMP)' },
];

interface DialogProps {
  vps: VpsDetail;
  onClose: () => void;
  onRequested: (accepted: VpsAccepted) => void;
}

export function FirewallDialog({ vps, onClose, onRequested }: DialogProps) {
  const edited = useFirewallRows(vps.firewall);
  const { rows, rules, locksOut, add, change, remove } = edited;
  const session = useSession();
  return (
    <PreviewedDialog
      vps={vps}
      wide
      title={`Firewall of ${vps.label}`}
      lead="What these rules name may come in, and nothing else. The provider stops the rest before it reaches the server."
      change={{ action: 'configure', firewall: rules }}
      hold={holdOf(edited)}
      details={<Difference vps={vps} after={rules} />}
      onClose={onClose}
      onRequested={onRequested}
    >
      {() => (
        <>
          <div role="group" aria-label="Add from a preset" className="flex flex-wrap gap-2">
            {presets(session?.client_address ?? null).map((preset) => (
              <Button
                key={preset.label}
                icon="plus"
                disabledReason={preset.disabledReason ?? (rows.length >= MOST_RULES ? 'These are as many rules as there can be.' : null)}
                onClick={() => add(preset.rules)}
              >
                {preset.label}
              </Button>
            ))}
            <Button icon="plus" onClick={() => add([{ protocol: 'tcp', ports: '', sources: ANYWHERE }])}>
              Another rule
            </Button>
          </div>
          {rows.length === 0 && <p className="text-ink-2">No rule yet.</p>}
          <ul aria-label="Rules" className="flex flex-col gap-4">
            {rows.map((row, index) => (
              <li key={row.key}>
                <Row row={row} number={index + 1} change={(part) => change(row.key, part)} remove={() => remove(row.key)} />
              </li>
            ))}
          </ul>
          {locksOut && (
            <p className="flex items-start gap-2 text-warn">
              <Icon name="alert" className="mt-0.5" />
              No rule lets SSH in (TCP 22): nobody will be able to sign in over it.
            </p>
          )}
        </>
      )}
    </PreviewedDialog>
  );
}

function holdOf({ rows, wrong, changed }: FirewallRows): string | null {
  if (rows.length === 0) return 'Add a rule first; to let everything in, switch the firewall off instead.';
  if (wrong >= 0) return `Correct rule ${wrong + 1} first: ${rowProblem(rows[wrong]!)!.rule}.`;
  return changed ? null : 'Nothing has changed.';
}

interface RowProps {
  row: RuleRow;
  number: number;
  change: (part: Partial<RuleRow>) => void;
  remove: () => void;
}

function Row({ row, number, change, remove }: RowProps) {
  return (
    <fieldset className="grid grid-cols-1 gap-3 rounded-md border border-line p-3 sm:grid-cols-[8rem_8rem_minmax(0,1fr)_auto]">
      <legend className="sr-only">Rule {number}</legend>
      <SelectField
        label="Protocol"
        value={row.protocol}
        options={PROTOCOLS}
        onChange={(event) => change({ protocol: event.target.value as Protocol })}
      />
      {row.protocol === 'icmp' ? (
        <p className="text-ink-2 sm:mt-8">has no ports</p>
      ) : (
        <TextField
          label="Ports"
          value={row.ports}
          placeholder="443 or 8000-8100"
          spellCheck={false}
          onChange={(event) => change({ ports: event.target.value })}
          error={portsProblem(row.protocol, row.ports)}
        />
      )}
      <TextField
        label="From"
        value={row.sources}
        className="font-mono text-xs"
        spellCheck={false}
        onChange={(event) => change({ sources: event.target.value })}
        error={sourcesProblem(row.sources)}
      />
      <IconButton icon="trash" label={`Remove rule ${number}`} className="self-start sm:mt-6" onClick={remove} />
    </fieldset>
  );
}

const SIGNS = { added: ['+', 'text-good', 'Added: '], removed: ['−', 'text-bad', 'Removed: '], kept: [' ', 'text-ink-2', ''] } as const;

function Difference({ vps, after }: { vps: VpsDetail; after: ReturnType<typeof rulesOf> }) {
  return (
    <ul aria-label="What changes" className="rounded-md border border-line bg-canvas px-3 py-2 font-mono text-xs">
      {firewallChanges(vps.firewall, after).map(({ change, text }) => (
        <li key={`${change} ${text}`} className={cn('flex gap-2', SIGNS[change][1])}>
          <span aria-hidden="true" className="w-2 shrink-0">
            {SIGNS[change][0]}
          </span>
          <span className="min-w-0 break-words">
            <span className="sr-only">{SIGNS[change][2]}</span>
            {text}
          </span>
        </li>
      ))}
    </ul>
  );
}
