/** Which set-up profiles who bought a product may choose when a system is written anew. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { May } from '../../kit/parts/may.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { SomeOf } from '../../kit/ui/some-of.tsx';
import { type Product, setupProfilesQuery } from './queries.ts';

export function ProfilesCard({ product }: { product: Product }) {
  const [changing, change] = useState(false);
  const may = useMay();
  const { setup_profiles: names } = product;
  return (
    <Card
      title="Set-up profiles"
      actions={
        may('template:read') && (
          <May call="updateProduct">
            <Button onClick={() => change(true)}>Choose profiles</Button>
          </May>
        )
      }
    >
      <p className={names.length === 0 ? 'text-ink-2' : undefined}>
        {names.length === 0 ? 'Customers choose none: their servers stay set up as they were sold.' : names.join(', ')}
      </p>
      {changing && <ProfilesDialog product={product} onClose={() => change(false)} />}
    </Card>
  );
}

function ProfilesDialog({ product, onClose }: { product: Product; onClose: () => void }) {
  const profiles = useQuery(setupProfilesQuery).data ?? [];
  const [chosen, setChosen] = useState<readonly string[]>(product.setup_profiles);
  const save = useAction(() => api.updateProduct({ id: product.id, body: { setup_profiles: [...chosen] } }), {
    quiet: true,
    done: onClose,
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Set-up profiles"
      description="Who bought it may choose these for a reinstall, each at its newest version."
    >
      <DialogForm
        error={save.error}
        fields={[]}
        missing={null}
        busy={save.isPending}
        action="Offer these"
        onCancel={onClose}
        onSubmit={() => save.mutate(undefined)}
      >
        <SomeOf
          legend="Profiles"
          options={profiles.map(({ name }) => ({ id: name, name }))}
          chosen={chosen}
          onChange={setChosen}
          help="None: customers cannot choose."
        />
      </DialogForm>
    </Dialog>
  );
}
