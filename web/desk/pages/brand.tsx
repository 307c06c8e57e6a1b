/** How customers see this installation: name, logo, colours. What is saved is there at once. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Brand } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { May } from '../../kit/parts/may.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { SelectField, TextArea, TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { toast } from '../../kit/ui/toast.tsx';

export function BrandPage() {
  const brand = useQuery({ queryKey: ['desk-brand'], queryFn: async ({ signal }) => (await api.getBrand({ signal })).brand });
  return (
    <Page
      title="Brand"
      lead="Name, logo and colours of the customers’ portal and of mails."
      actions={
        <a href="/portal" className={buttonClass()}>
          See the portal
        </a>
      }
    >
      {brand.error && <ProblemNote error={brand.error} retry={() => void brand.refetch()} />}
      {brand.isPending && <Loading what="the brand" />}
      {brand.data && <Form brand={brand.data} />}
    </Page>
  );
}

const SHAPES = [
  ['sharp', 'Sharp corners'],
  ['soft', 'Soft corners'],
  ['round', 'Round corners'],
] as const;

/** `Imprint https://example.com/imprint`, a line each. */
const written = (links: Brand['links']): string => links.map(({ label, url }) => `${label} ${url}`).join('\n');
const parsed = (text: string): Brand['links'] =>
  text
    .split('\n')
    .map((line) => /^(.+?)\s+(https?:\/\/\S+)$/.exec(line.trim()))
    .flatMap((found) => (found ? [{ label: found[1]!, url: found[2]! }] : []));

function Form({ brand }: { brand: Brand }) {
  const [now, set] = useState(brand);
  const [links, setLinks] = useState(() => written(brand.links));
  const change = (part: Partial<Brand>): void => set((before) => ({ ...before, ...part }));
  const save = useAction(() => api.changeBrand({ body: { ...now, links: parsed(links) } }), {
    quiet: true,
    done: () => toast('Saved. The portal shows it from now on.'),
  });
  return (
    <Card title="How customers see it">
      <form
        className="grid max-w-2xl gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <TextField
          label="Name"
          maxLength={60}
          value={now.name}
          onChange={(event) => change({ name: event.target.value })}
          error={fieldError(save.error, 'name')}
        />
        <Logo logo={now.logo} error={save.error} onChange={(logo) => change({ logo })} />
        <div className="flex flex-wrap items-end gap-4">
          <TextField
            label="Colour of buttons and links"
            type="color"
            value={now.accent ?? '#0f766e'}
            onChange={(event) => change({ accent: event.target.value })}
            error={fieldError(save.error, 'accent')}
            help="Made darker or lighter where it could not be read."
            className="h-11 w-24 p-1"
          />
          {now.accent !== null && <Button onClick={() => change({ accent: null })}>Plinth’s own</Button>}
          <SelectField
            label="Shape"
            value={now.shape}
            options={SHAPES.map(([value, label]) => ({ value, label }))}
            onChange={(event) => change({ shape: event.target.value as Brand['shape'] })}
          />
        </div>
        <TextField
          label="Fonts (those that readers have; empty: their device’s own)"
          value={now.font ?? ''}
          onChange={(event) => change({ font: event.target.value.trim() === '' ? null : event.target.value })}
          placeholder="Inter, Helvetica Neue"
          error={fieldError(save.error, 'font')}
        />
        <TextField
          label="Mail for help"
          type="email"
          value={now.support_email ?? ''}
          onChange={(event) => change({ support_email: event.target.value.trim() === '' ? null : event.target.value.trim() })}
          error={fieldError(save.error, 'support_email')}
        />
        <TextArea
          label="Links at the foot, a line each: name and address"
          rows={3}
          value={links}
          onChange={(event) => setLinks(event.target.value)}
          placeholder="Imprint https://example.com/imprint"
          error={fieldError(save.error, 'links')}
        />
        {save.error && <ProblemNote error={save.error} />}
        <May call="changeBrand">
          <Button type="submit" variant="primary" className="justify-self-start" busy={save.isPending}>
            Save
          </Button>
        </May>
      </form>
    </Card>
  );
}

function Logo({ logo, error, onChange }: { logo: string | null; error: unknown; onChange: (logo: string | null) => void }) {
  const take = async (file: File | undefined): Promise<void> => {
    if (file) onChange(await asDataUrl(file));
  };
  return (
    <div className="flex flex-wrap items-end gap-4">
      <img src={logo ?? '/favicon.svg'} alt="The logo" className="size-14 rounded-md border border-line bg-canvas p-1.5" />
      <TextField
        label="Logo (SVG, PNG or WebP, square, up to 70 kB)"
        type="file"
        accept="image/svg+xml,image/png,image/webp"
        onChange={(event) => void take(event.target.files?.[0])}
        error={fieldError(error, 'logo')}
        className="py-1.5"
      />
      {logo !== null && <Button onClick={() => onChange(null)}>Without a logo</Button>}
    </div>
  );
}

async function asDataUrl(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return `data:${file.type};base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`;
}
