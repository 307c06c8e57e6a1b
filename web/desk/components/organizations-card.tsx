import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { organizationsQuery } from '../../kit/api/queries.ts';
import { count } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { May } from '../../kit/parts/may.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { MenuCell } from '../../kit/parts/row-menu.tsx';
import { CustomerMenu } from '../shop/customer-menu.tsx';

/** The customers: who owns VPSes, and whom a token can be bound to. */
export function OrganizationsCard() {
  const organizations = useQuery(organizationsQuery);
  const [adding, add] = useState(false);
  return (
    <Card
      id="organizations"
      title="Organizations"
      actions={
        <May call="createOrganization">
          <Button icon="plus" onClick={() => add(true)}>
            New organization
          </Button>
        </May>
      }
    >
      <p className="mb-3 text-ink-2">
        An organization is a customer. Each VPS belongs to one and can be given to another on its page; a token bound to one sees nothing
        else.
      </p>
      {organizations.error && <ProblemNote error={organizations.error} retry={() => void organizations.refetch()} />}
      {organizations.isPending && <Loading what="organizations" />}
      {organizations.data && (
        <Table label="Customers" head={['Name', 'VPSes', 'Id', 'Added', '']} className="min-w-[36rem]">
          {organizations.data.map((each) => (
            <tr key={each.id}>
              <td className="py-1.5 pr-4 font-medium break-all">{each.name}</td>
              <td className="py-1.5 pr-4">{count(each.vps_count)}</td>
              <td className="py-1.5 pr-4">
                <Code what={`id of ${each.name}`}>{each.id}</Code>
              </td>
              <td className="py-1.5 pr-4">
                <Time at={each.created_at} />
              </td>
              <MenuCell>
                <CustomerMenu customer={each} />
              </MenuCell>
            </tr>
          ))}
        </Table>
      )}
      {adding && <NewOrganization onClose={() => add(false)} />}
    </Card>
  );
}

function NewOrganization({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const create = useAction(() => api.createOrganization({ body: { name: name.trim() } }), {
    quiet: true,
    done: ({ organization }) => {
      onClose();
      toast(`“${organization.name}” is added.`, { detail: 'Give it a VPS on that VPS’s page, or bind a token to it.' });
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New organization"
      description="Its name is the first part of the full names of its stacks, and stays."
    >
      <DialogForm
        error={create.error}
        fields={['name']}
        missing={name.trim() === '' ? 'Give it a name first.' : null}
        busy={create.isPending}
        action="Add it"
        onCancel={onClose}
        onSubmit={() => create.mutate()}
      >
        <TextField
          label="Name"
          value={name}
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          placeholder="acme"
          onChange={(event) => setName(event.target.value)}
          error={fieldError(create.error, 'name')}
          help="Letters, digits, “_”, “.” and “-”, beginning and ending with a letter or digit."
        />
      </DialogForm>
    </Dialog>
  );
}
