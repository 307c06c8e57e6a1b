/** Words of what a customer takes along before a server ends. */
import { defineWords } from '../../kit/i18n/words.ts';

export const takeDataWords = defineWords(
  {
    title: 'Take your data with you first',
    lead: 'When it ends, its disk, its snapshots and its backups are deleted.',
    command: 'In a terminal of your own computer',
    commandWhat: 'command',
    commandHelp:
      'It downloads everything on the disk into {file}, and asks for the password unless your SSH key is on the server. On Windows take the Command Prompt: PowerShell would damage the file. Stop databases first, or save a dump of them beside.',
    windows: 'On the server, by Remote Desktop',
    windowsHelp:
      'Share a drive of your own computer when you connect (Show Options, Local Resources, More, Drives). The command copies all users’ files to drive C there; name other folders in the same way.',
    off: 'It is switched off. Switch it on before you download.',
    records: 'Your invoices',
    recordsHelp: 'They stay in Billing after the end.',
    person: 'Download what is kept about you',
    personFile: 'my-data',
  },
  {
    title: 'Nehmen Sie Ihre Daten vorher mit',
    lead: 'Wenn er endet, werden seine Platte, seine Snapshots und seine Sicherungen gelöscht.',
    command: 'Im Terminal Ihres eigenen Rechners',
    commandWhat: 'Befehl',
    commandHelp:
      'Er lädt alles, was auf der Platte ist, in {file} und fragt nach dem Passwort, außer Ihr SSH-Schlüssel ist auf dem Server. Unter Windows nehmen Sie die Eingabeaufforderung: PowerShell würde die Datei beschädigen. Halten Sie Datenbanken vorher an, oder legen Sie einen Dump daneben.',
    windows: 'Auf dem Server, mit Remotedesktop',
    windowsHelp:
      'Geben Sie beim Verbinden ein Laufwerk Ihres eigenen Rechners frei (Optionen einblenden, Lokale Ressourcen, Weitere, Laufwerke). Der Befehl kopiert die Dateien aller Benutzer dort auf Laufwerk C; andere Ordner nennen Sie ebenso.',
    off: 'Er ist ausgeschaltet. Schalten Sie ihn vor dem Herunterladen ein.',
    records: 'Ihre Rechnungen',
    recordsHelp: 'Sie bleiben nach dem Ende unter Rechnungen.',
    person: 'Herunterladen, was über Sie gespeichert ist',
    personFile: 'meine-daten',
  },
);
