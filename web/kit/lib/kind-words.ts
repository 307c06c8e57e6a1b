/* Made from the files of contract/operations/ by `node scripts/kinds.ts`. Add a kind there, not here. */

export const KIND_WORDS = {
  configure: {
    name: 'Configure',
    does: 'Set tags, keys, firewall, backups and reverse names of a VPS',
    menu: 'Tags',
    lead: 'Words at the provider by which the server is found and grouped.',
    previews: true,
  },
  'delete-snapshot': {
    name: 'Delete snapshot',
    does: 'Delete a snapshot at the provider',
  },
  destroy: {
    name: 'Destroy',
    does: 'End a VPS: its server, its disk, its names',
    verb: 'Delete',
    bulkLead: 'These servers and everything on their disks will be gone.',
    previews: true,
  },
  'drift-check': {
    name: 'Check for drift',
    does: 'Let the engine compare a VPS with its provider',
  },
  'drift-repair': {
    name: 'Repair drift',
    does: 'Make the provider’s state what the record says',
    bulkLead: 'What is known to differ at the providers becomes what the record says.',
  },
  'hand-destroy': {
    name: 'Destroy by hand',
    does: 'A person’s own `pulumi destroy` on the stack of a VPS',
  },
  'hand-refresh': {
    name: 'Refresh by hand',
    does: 'A person’s own `pulumi refresh` on the stack of a VPS',
  },
  'hand-update': {
    name: 'Update by hand',
    does: 'A person’s own `pulumi up` on the stack of a VPS',
  },
  import: {
    name: 'Import',
    does: 'Take a server that is there already into a stack',
    names: true,
  },
  'power-cycle': {
    name: 'Power cycle',
    does: 'Power a VPS off and on again',
  },
  preview: {
    name: 'Preview',
    does: 'Show what the next update, or a change, would do',
  },
  provision: {
    name: 'Provision',
    does: 'Set a new VPS up',
    names: true,
  },
  reboot: {
    name: 'Reboot',
    does: 'Reboot a VPS',
  },
  refresh: {
    name: 'Refresh',
    does: 'Ask the provider what is there now',
  },
  reinstall: {
    name: 'Reinstall',
    does: 'Reinstall a VPS, with a new password; everything on it is lost',
    lead: 'A fresh image on the same server. The old disk is lost.',
    bulkLead: 'Their disks are written anew: everything on them is lost. Every server gets a new password of its own.',
    previews: true,
  },
  rename: {
    name: 'Rename',
    does: 'Change label, hostname and DNS name together',
    lead: 'The name at the provider and, where it has one, in the DNS.',
    names: true,
    previews: true,
  },
  rescue: {
    name: 'Rescue',
    does: 'Boot a VPS into the provider’s rescue system',
    menu: 'Boot the rescue system',
    bulkLead: 'They boot into their provider’s rescue system, until that ends.',
  },
  'reset-password': {
    name: 'Reset password',
    does: 'Set a new administrator password, where the provider can',
    lead: 'A new administrator password is generated and kept encrypted.',
    bulkLead: 'Every server gets a new password of its own, where its provider can.',
    previews: true,
  },
  resize: {
    name: 'Resize',
    does: 'Give a VPS another plan',
    lead: 'Another plan for the same server; its disk and address stay.',
    previews: true,
  },
  'restore-snapshot': {
    name: 'Restore snapshot',
    does: 'Go back to a snapshot or backup; everything written since is lost',
    previews: true,
  },
  snapshot: {
    name: 'Snapshot',
    does: 'Make a snapshot of a VPS, kept until it is deleted',
  },
  start: {
    name: 'Start',
    does: 'Power a VPS on',
  },
  stop: {
    name: 'Stop',
    does: 'Power a VPS off',
  },
  suspend: {
    name: 'Suspend',
    does: 'Power a VPS off and block its customer',
    bulkLead: 'They are switched off and blocked until the suspension ends.',
  },
  'undo-end': {
    name: 'Undo the end',
    does: 'Take an ordered end back while the server still lives; its next term is paid for again',
  },
  unrescue: {
    name: 'Unrescue',
    does: 'Boot a VPS back into its own system',
    menu: 'Leave the rescue system',
  },
  unsuspend: {
    name: 'Unsuspend',
    does: 'Unblock a VPS and bring back its former power state',
    menu: 'End the suspension',
  },
} as const;
