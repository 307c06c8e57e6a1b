import { useEffect, useState } from 'react';
import { useReach } from '../lib/connection.ts';
import { clockTime } from '../lib/format.ts';
import { Icon } from '../ui/icon.tsx';
import { kitWords } from '../words/kit.ts';

/** Above every page while Plinth cannot be reached. */
export function OfflineBar() {
  const reach = useReach();
  const t = kitWords.use();
  const [since, setSince] = useState<Date | null>(null);
  useEffect(() => setSince((was) => (reach === 'ok' ? null : (was ?? new Date()))), [reach]);
  if (reach === 'ok') return null;
  return (
    <p role="alert" className="flex items-start gap-2 border-b border-warn/50 bg-warn-soft px-3 py-2 sm:px-6">
      <Icon name="alert" className="mt-0.5 text-warn" />
      <span>
        <strong className="font-medium">{t(reach === 'offline' ? 'offlineNow' : 'unreachableNow')}</strong>{' '}
        {t('shownFrom', { time: clockTime(since ?? new Date()) })}
      </span>
    </p>
  );
}
