/**
 * The pages of the desk, in one list: what the navigation, the palette and the keys show, and to whom. `needs`: the permissions
 * without which a page has nothing to show, those of all that it asks for at once.
 */
import type { Permission } from '../../../contract/permissions.ts';
import type { IconName } from '../../kit/ui/icons.ts';

export interface DeskPage {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  /** After `g`; those without one are found by the palette. */
  readonly key?: string;
  /** Above it in the navigation. */
  readonly heading?: string;
  /** Not in the navigation: a page that others lead to. */
  readonly aside?: true;
  /** Has the address of an older system's page: it stands in the navigation while one is on it. */
  readonly older?: true;
  /** The seller's alone, whatever may be done in one organization. */
  readonly platform?: true;
  readonly needs: readonly Permission[];
}

export const PAGES: readonly DeskPage[] = [
  { to: '/', label: 'Overview', icon: 'overview', key: 'o', needs: ['overview:read'] },
  { to: '/vps', label: 'VPSes', icon: 'server', key: 'v', needs: ['vps:read'] },
  { to: '/vps/new', label: 'Create a VPS', icon: 'plus', aside: true, platform: true, needs: ['vps:create', 'account:read'] },
  { to: '/snapshots', label: 'Snapshots', icon: 'snapshot', key: 'n', needs: ['snapshot:read'] },
  { to: '/operations', label: 'Operations', icon: 'operations', key: 'p', needs: ['operation:read'] },
  { to: '/tasks', label: 'Tasks', icon: 'jobs', key: 'k', needs: ['task:read'] },
  { to: '/bulk', label: 'Bulk runs', icon: 'columns', key: 'b', needs: ['bulk:read'] },
  { to: '/drift', label: 'Drift and inventory', icon: 'preview', key: 'd', needs: ['drift:read', 'inventory:read'] },
  { to: '/sweeps', label: 'Sweeps', icon: 'refresh', key: 'w', needs: ['sweep:read'] },
  { to: '/jobs', label: 'Jobs', icon: 'jobs', key: 'j', needs: ['queue:read'] },
  { to: '/admin', label: 'Accounts', icon: 'accounts', key: 'a', needs: ['account:read', 'product:read'] },
  { to: '/customers', label: 'Customers', icon: 'user', key: 'c', heading: 'Selling', needs: ['organization:list'] },
  { to: '/products', label: 'Products', icon: 'server', key: 'r', needs: ['product:read', 'organization:list'] },
  {
    to: '/admin/dedicated-servers/products',
    label: 'Server products',
    icon: 'server',
    aside: true,
    older: true,
    needs: ['product:read', 'organization:list'],
  },
  {
    to: '/dashboard/ipStock',
    label: 'Stock of addresses',
    icon: 'server',
    aside: true,
    older: true,
    needs: ['product:read', 'account:read'],
  },
  { to: '/setup-profiles', label: 'Set-up profiles', icon: 'settings', key: 'f', needs: ['template:read'] },
  { to: '/coupons', label: 'Coupons', icon: 'filter', key: 'q', needs: ['coupon:read'] },
  { to: '/orders', label: 'Orders', icon: 'download', key: 'e', needs: ['order:read', 'organization:list'] },
  {
    to: '/trading-desk',
    label: 'Trading desk',
    icon: 'download',
    aside: true,
    older: true,
    platform: true,
    needs: ['vps:create', 'account:read'],
  },
  { to: '/subscriptions', label: 'Subscriptions', icon: 'refresh', key: 'u', needs: ['subscription:read', 'organization:list'] },
  { to: '/invoices', label: 'Invoices', icon: 'audit', key: 'i', needs: ['invoice:read', 'organization:list'] },
  { to: '/payments', label: 'Payments', icon: 'check', key: 'm', needs: ['payment:read', 'refund:read', 'organization:list'] },
  { to: '/unpaid', label: 'Unpaid', icon: 'alert', key: 'x', needs: ['invoice:read', 'subscription:read', 'organization:list'] },
  { to: '/tickets', label: 'Tickets', icon: 'info', key: 'h', needs: ['ticket:read', 'organization:list'] },
  { to: '/planned-work', label: 'Planned work', icon: 'operations', key: 'l', needs: ['maintenance:read', 'account:read'] },
  { to: '/reports', label: 'Reports', icon: 'overview', key: 'y', needs: ['report:read', 'organization:list'] },
  { to: '/taxes', label: 'Seller and taxes', icon: 'columns', key: 'z', needs: ['tax:read'] },
  { to: '/brand', label: 'Brand', icon: 'eye', key: 'B', needs: ['brand:read'] },
  { to: '/audit', label: 'Audit', icon: 'audit', key: 't', heading: 'House', needs: ['audit:read'] },
  { to: '/mailbox', label: 'Mailbox', icon: 'download', key: 'M', needs: ['mailbox:read'] },
  { to: '/settings', label: 'Settings', icon: 'settings', key: 's', needs: ['setting:read', 'token:read', 'organization:list'] },
  { to: '/simulator', label: 'Simulator', icon: 'simulator', key: 'S', aside: true, needs: ['simulator:read', 'account:read'] },
  { to: '/me', label: 'You and your sessions', icon: 'user', aside: true, needs: ['session:own'] },
  { to: '/device', label: 'Let a command line in', icon: 'key', aside: true, needs: ['session:own'] },
];

/** The page of the navigation that an address belongs to: its own, or the one that it is of. */
export function pageOf(path: string): DeskPage | undefined {
  const above = ({ to }: DeskPage): boolean => path === to || (to !== '/' && path.startsWith(`${to}/`));
  return PAGES.filter((page) => (page.aside === undefined || page.older) && above(page)).toSorted((a, b) => b.to.length - a.to.length)[0];
}
