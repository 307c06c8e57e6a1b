/** Until when a system gets security updates, or since when no more: said where it is chosen. */
import { isUnsupported, releaseOf } from '../../../contract/release.ts';
import { defineWords } from '../../kit/i18n/words.ts';
import { dayOf } from '../../kit/lib/format.ts';

const words = defineWords(
  {
    until: 'It gets security updates until {date}.',
    over: 'Its security updates ended on {date}. Choose a newer system.',
  },
  {
    until: 'Es bekommt Sicherheitsaktualisierungen bis zum {date}.',
    over: 'Seine Sicherheitsaktualisierungen endeten am {date}. Wählen Sie ein neueres System.',
  },
);

/** Undefined where nobody knows. */
export function useSupportNote(image: { readonly name: string; readonly distribution?: string } | undefined): string | undefined {
  const t = words.use();
  const release = image && releaseOf(image);
  if (!release || release.supportEnds === null) return undefined;
  const isOver = isUnsupported(release, new Date().toISOString().slice(0, 10));
  return t(isOver ? 'over' : 'until', { date: dayOf(new Date(`${release.supportEnds}T12:00:00`)) });
}
