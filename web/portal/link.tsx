/** Links and addresses of the portal, as plain texts: its routes are few and in one list. */
import { Link as RouterLink, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ComponentProps, ReactElement } from 'react';

interface LinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  readonly to: string;
  readonly search?: Readonly<Record<string, string>>;
  readonly activeOptions?: { readonly exact?: boolean };
  readonly activeProps?: Readonly<Record<string, string>>;
}
export const Link = RouterLink as unknown as (props: LinkProps) => ReactElement;

/** Goes to an address of the portal. */
export function useGo(): (href: string, options?: { replace?: boolean }) => void {
  const navigate = useNavigate();
  return (href, { replace = false } = {}) => void navigate({ href, replace } as never);
}

/** The id in the address. */
export const useId = (): string => (useParams({ strict: false } as never) as { id?: string }).id ?? '';
export const useQueryText = (name: string): string | undefined => {
  const value = (useSearch({ strict: false } as never) as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
};
