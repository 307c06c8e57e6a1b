/** The offer to keep the present disk before everything on it is lost. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { api, type VpsDetail } from '../../kit/api/client.ts';
import { ApiError } from '../../kit/api/problem.ts';
import { isUnfinished } from '../../kit/api/queries.ts';
import { dayOf } from '../../kit/lib/format.ts';
import { Checkbox } from '../../kit/ui/field.tsx';
import { has, useWhyNot } from '../panels/why.ts';
import { serverWords } from '../words/server.ts';
import { SnapshotPrice } from './snapshot-price.tsx';

const LOOK_MS = 1_500;

interface SnapshotFirst {
  /** Null where its provider keeps none, or none can be made now. */
  readonly offer: ReactNode;
  readonly isMaking: boolean;
  /** Resolves when what was asked for is there. @throws ApiError when it did not work, or the dialog was closed meanwhile */
  readonly before: () => Promise<void>;
}

export function useSnapshotFirst(vps: VpsDetail): SnapshotFirst {
  const t = serverWords.use();
  const why = useWhyNot(vps);
  const [wanted, want] = useState(false);
  const [isMaking, setMaking] = useState(false);
  const [key] = useState(() => crypto.randomUUID());
  const isMade = useRef(false);
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => void (isOpen.current = false);
  }, []);
  const canBe = has(vps, 'snapshots') && (isMaking || isMade.current || why('snapshot') === null);

  const before = async (): Promise<void> => {
    // Made already, where what came after it was refused.
    if (!wanted || isMade.current) return;
    setMaking(true);
    try {
      const name = t('snapshotName', { date: dayOf(new Date()) });
      const asked = await api.actOnVps({ id: vps.id, body: { action: 'snapshot', name }, idempotencyKey: key });
      let { operation } = asked;
      while (isUnfinished(operation.status)) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        ({ operation } = await api.getOperation({ id: operation.id }));
      }
      if (operation.status !== 'succeeded') throw new ApiError(409, 'snapshot_failed', t('snapshotFailed'));
      isMade.current = true;
    } finally {
      setMaking(false);
    }
    // Whoever closed the dialog has not asked for what is lost for good.
    if (!isOpen.current) throw new ApiError(409, 'closed', t('snapshotOnly'));
  };

  const help = isMaking ? t('snapshotMaking') : t('snapshotFirstHelp');
  const offer = canBe ? (
    <div className="flex flex-col gap-1">
      <Checkbox
        label={t('snapshotFirst')}
        help={help}
        checked={wanted}
        disabled={isMaking}
        onChange={({ target }) => want(target.checked)}
      />
      {wanted && <SnapshotPrice vps={vps} />}
    </div>
  ) : null;
  return { offer, isMaking, before };
}
