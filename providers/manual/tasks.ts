/** What a person does for a server that no API makes, in words that need nothing else to be read. */
import type { PersonTask, PersonTaskField, PersonTaskKind, PersonTaskSubject } from '../manners.ts';
import type { Provider } from '../provider.ts';

type Fields = readonly PersonTaskField[];

const NOTE: PersonTaskField = {
  name: 'notes',
  label: 'notes',
  help: 'For the seller; customers do not see them.',
  type: 'long-text',
  required: false,
};

const PROVIDED: Fields = [
  { name: 'ipv4', label: 'IPv4 address', help: 'The one that the server answers at.', type: 'ipv4', required: true },
  { name: 'ipv6', label: 'IPv6 address', help: 'Where it has one.', type: 'ipv6', required: false },
  {
    name: 'username',
    label: 'user name',
    help: 'Of the administrator: root or Administrator, when left out.',
    type: 'text',
    required: false,
  },
  {
    name: 'root_password',
    label: 'password',
    help: 'Of the administrator. It is sealed and shown to the owner once.',
    type: 'secret',
    required: true,
  },
  { name: 'ssh_port', label: 'SSH port', help: '22, when left out.', type: 'integer', required: false },
  { name: 'control_panel_url', label: 'control panel', help: 'Its address, where there is one.', type: 'text', required: false },
  { name: 'control_panel_password', label: 'password of the control panel', help: '', type: 'secret', required: false },
  { name: 'mac_address', label: 'MAC address', help: '', type: 'text', required: false },
  NOTE,
];

function which({ label, hostname, ipv4, instanceId, vpsId }: PersonTaskSubject): string {
  const at = ipv4 === null ? '' : `, at ${ipv4}`;
  return `"${label}" (host name ${hostname}${at}; VPS ${vpsId}${instanceId === null ? '' : `, server ${instanceId}`})`;
}
function what({ plan, image, region }: PersonTaskSubject): string {
  return `Plan ${plan}, system ${image}, place ${region}.`;
}

const word =
  (title: string, sentence: string, form: Fields = [NOTE]) =>
  (subject: PersonTaskSubject): PersonTask => ({
    title: `${title} "${subject.label}"`,
    text: `${sentence} ${which(subject)}. ${what(subject)}`,
    form,
  });

const TASKS: Partial<Record<PersonTaskKind, (subject: PersonTaskSubject) => PersonTask>> = {
  provision: word('Provide the server', 'Set up a server for', PROVIDED),
  'power-on': word('Start the server', 'Start'),
  'power-off': word('Stop the server', 'Stop, and leave off,'),
  reboot: word('Restart the server', 'Restart'),
  resize: word('Change the plan of', 'Give the size of its plan to'),
  rename: word('Rename the server', 'Write the new name on'),
  terminate: word('Take down the server', 'Wipe and take down, for good,'),
};

export const tasks: NonNullable<Provider['tasks']> = TASKS;
