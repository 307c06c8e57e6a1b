/** What the provider host serves for Cloudflare. */
import type { FunctionDefinition, ResourceDefinition } from '../resource.ts';
import { getZone } from './get-zone.ts';
import { recordResource } from './record-resource.ts';

export const resources: readonly ResourceDefinition[] = [recordResource];
export const functions: readonly FunctionDefinition[] = [getZone];
