import { Link } from '@tanstack/react-router';
import { pageProblem } from '../lib/abilities.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Icon } from '../../kit/ui/icon.tsx';

/** The way to the form of a new VPS; for who may not order one, the reason instead of the way. */
export function CreateLink() {
  const problem = pageProblem(useSession(), '/vps/new');
  if (problem !== null)
    return (
      <Button variant="primary" icon="plus" disabledReason={problem}>
        Create a VPS
      </Button>
    );
  return (
    <Link to="/vps/new" className={buttonClass('primary')}>
      <Icon name="plus" /> Create a VPS
    </Link>
  );
}
