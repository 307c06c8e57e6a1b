import { Link } from '@tanstack/react-router';
import { buttonClass } from '../ui/button.tsx';
import { kitWords } from '../words/kit.ts';
import { Page } from './page.tsx';

/** What is no page, in the frame of the pages. `home`: where its audience begins. */
export function NotFound({ home = '/' }: { home?: string }) {
  const t = kitWords.use();
  return (
    <Page title={t('nothingHere')} lead={t('nothingHereWhy')}>
      <div>
        <Link to={home} className={buttonClass('primary')}>
          {t('toOverview')}
        </Link>
      </div>
    </Page>
  );
}
