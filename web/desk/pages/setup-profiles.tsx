/** What is put on servers at their first boot: the profiles, what each does, and the editor of a new version. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SetupProfile } from '../../kit/api/client.ts';
import { plural } from '../../kit/lib/format.ts';
import { May } from '../../kit/parts/may.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { CopyItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { MenuItem } from '../../kit/ui/menu.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { ProfileEditor } from '../shop/profile-editor.tsx';
import { setupProfilesQuery } from '../shop/queries.ts';

export function SetupProfilesPage() {
  const profiles = useQuery(setupProfilesQuery);
  /** Of whose newest version it begins; null: an empty one. */
  const [editing, edit] = useState<SetupProfile | null | undefined>(undefined);
  return (
    <Page
      title="Set-up profiles"
      lead="A published version never changes: a server keeps the one that it was made with."
      actions={
        editing === undefined && (
          <May call="publishSetupProfile">
            <Button variant="primary" icon="plus" onClick={() => edit(null)}>
              New profile
            </Button>
          </May>
        )
      }
    >
      {profiles.error && <ProblemNote error={profiles.error} retry={() => void profiles.refetch()} />}
      {profiles.isPending && <Loading what="profiles" />}
      {editing !== undefined && <ProfileEditor key={editing?.name ?? ''} from={editing} onClose={() => edit(undefined)} />}
      {editing === undefined && profiles.data?.map((each) => <Profile key={each.name} profile={each} onEdit={() => edit(each)} />)}
    </Page>
  );
}

function Profile({ profile, onEdit }: { profile: SetupProfile; onEdit: () => void }) {
  const [newest] = profile.versions;
  if (!newest) return null;
  const { template } = newest;
  return (
    <Card
      title={profile.name}
      actions={
        <span className="flex items-center gap-2">
          <May call="publishSetupProfile">
            <Button onClick={onEdit}>{profile.built_in ? 'Make a copy' : 'New version'}</Button>
          </May>
          <RowMenu name={profile.name}>
            <CopyItem text={profile.name} what="name" />
            <May call="publishSetupProfile">
              <MenuItem onSelect={onEdit}>{profile.built_in ? 'Make a copy' : 'New version'}</MenuItem>
            </May>
          </RowMenu>
        </span>
      }
    >
      <p className="flex flex-wrap items-center gap-2">
        {profile.built_in && <Badge dot={false}>Comes with Plinth</Badge>}
        <Badge dot={false}>Version {newest.version}</Badge>
        <Time at={newest.published_at} />
        <span className="text-ink-2">{template.description}</span>
      </p>
      <p className="mt-2 text-ink-2">
        {plural(template.variables.length, 'variable')}, {plural(template.files.length, 'file')}, {plural(template.checks.length, 'check')}
      </p>
      <details className="mt-2">
        <summary className="w-fit text-ink-2 hover:text-ink">Its script</summary>
        <pre tabIndex={0} className="mt-2 max-h-96 overflow-auto rounded-md bg-raised p-3 font-mono text-xs">
          {template.script}
        </pre>
      </details>
    </Card>
  );
}
