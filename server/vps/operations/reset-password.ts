/** A new administrator password, set by the provider. */
import { kind } from '../../../contract/operations/reset-password.ts';
import type { PasswordReset } from '../../../providers/manners.ts';
import { refuseField } from '../../kernel/problem.ts';
import { newPassword, unchanged } from '../changes/planning.ts';
import { changeOfSpec, runAfterProvider } from './change.ts';
import { sealPassword } from '../password/life.ts';
import { updateVps } from '../store.ts';
import { defineSheet, type Work } from './sheet.ts';
import { whileHeld } from './work.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:reset-password', provided: ({ resetPassword }) => resetPassword },
  traits: { bringsAboutSpec: true },
  bulk: { planned: 'each' },
  plan: async (services, vps, { root_pass: asked }) => {
    const { descriptor, same } = unchanged(services, vps);
    if (asked !== undefined && (descriptor.newPassword ?? 'set') !== 'set')
      throw refuseField(
        'root_pass',
        `${descriptor.name} makes new passwords itself`,
        'Leave it out; the new one is shown when it is set.',
        422,
        'not_supported',
      );
    return { ...same, password: newPassword(asked, descriptor), way: 'set-password', notes: ['The server restarts.'] };
  },
  bringsPassword: () => true,
  personDoes: () => 'reset-password',
  run: (work) =>
    runAfterProvider(work, 'setting the password of', async ({ vps, signal }, { compute, id }, password) => {
      if (!compute.resetPassword || password === undefined) throw new Error(`The provider of VPS ${vps.id} sets no passwords.`);
      await keepPassword(work, await compute.resetPassword(id, password, { signal }));
    }),
  succeeded: changeOfSpec,
});

/** What the provider made instead of the password that was kept ready takes its place before anything else is done. @throws LeaseLost */
export async function keepPassword(work: Work, reset: PasswordReset): Promise<void> {
  const { services, vps, writer } = work;
  if (reset.how === 'set') return;
  const nextPassword = reset.how === 'made' ? sealPassword(services.secrets, 'nextPassword', vps.id, reset.password) : null;
  // One that was mailed is known to nobody here: the former one is not shown as if it were true.
  const change = reset.how === 'made' ? { nextPassword } : { nextPassword, rootPassword: null };
  await whileHeld(work, (tx) => updateVps(tx, vps.id, change));
  Object.assign(vps, change);
  if (reset.how === 'mailed') writer.say(`the provider mailed the new password to ${reset.to ?? 'the holder of the account'}`);
}
