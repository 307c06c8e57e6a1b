/** What can be done with one account at a provider: the same on its page and in the list. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Account, type AvailableProvider } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ConfirmByTyping } from '../../kit/parts/confirm-by-typing.tsx';
import { May } from '../../kit/parts/may.tsx';
import { CopyItem, OpenItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { MenuItem, MenuSeparator } from '../../kit/ui/menu.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { sentenceCase } from '../../kit/lib/words.ts';
import { RotateDialog } from './rotate-key.tsx';

export type AccountQuestion = 'rotate' | 'remove';

interface AccountProps {
  account: Account;
  provider: AvailableProvider;
}

export function useCheck({ id, name }: Account) {
  return useAction(() => api.checkAccount({ id }), {
    done: ({ provider }) => toast(`${name}: ${sentenceCase(provider.status)}.`, { detail: provider.check_message }),
  });
}

export function AccountDialog({ account, provider, what, onClose }: AccountProps & { what: AccountQuestion; onClose: () => void }) {
  if (what === 'rotate') return <RotateDialog account={account} provider={provider} onClose={onClose} />;
  return <RemoveDialog account={account} provider={provider} onClose={onClose} />;
}

function RemoveDialog({ account, provider, onClose }: AccountProps & { onClose: () => void }) {
  const navigate = useNavigate();
  const remove = useAction(() => api.deleteAccount({ id: account.id }), {
    quiet: true,
    done: () => {
      onClose();
      void navigate({ to: '/admin', hash: 'providers' });
    },
  });
  return (
    <ConfirmByTyping
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove ${account.name}`}
      name={account.name}
      action="Remove the account"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    >
      Plinth forgets its key. Refused while VPSes use the account. Nothing changes at {provider.name}.
    </ConfirmByTyping>
  );
}

/** Of a row. */
export function AccountMenu({ account, provider }: AccountProps) {
  const [asked, ask] = useState<AccountQuestion | null>(null);
  return (
    <>
      <RowMenu name={account.name}>
        <OpenItem to={`/admin/providers/${account.id}`} />
        {provider.roles.includes('compute') && (
          <May call="createVps">
            <OpenItem to={`/vps/new?account=${account.id}`}>Create a VPS here</OpenItem>
          </May>
        )}
        <CopyItem text={account.id} what="id" />
        <MenuSeparator />
        <May call="checkAccount">
          <CheckItem account={account} />
        </May>
        <May call="rotateAccountKey">
          <MenuItem onSelect={() => ask('rotate')}>Rotate key…</MenuItem>
        </May>
        <May call="deleteAccount">
          <MenuItem danger onSelect={() => ask('remove')}>
            Remove…
          </MenuItem>
        </May>
      </RowMenu>
      {asked && <AccountDialog account={account} provider={provider} what={asked} onClose={() => ask(null)} />}
    </>
  );
}

function CheckItem({ account }: { account: Account }) {
  const check = useCheck(account);
  return <MenuItem onSelect={() => check.mutate()}>Check now</MenuItem>;
}
