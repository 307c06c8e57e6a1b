/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type OfferedProfile = { name: string; version: number; description: string; variables: SetupVariable[] };
export type SetupCheck = { type: 'finished' } | { type: 'tcp'; port: number } | { type: 'https'; path: string };
export type SetupChoices = {
  present: { profile: string; version: number; values: Record<string, string> } | null;
  profiles: OfferedProfile[];
};
export type SetupFile = {
  name: string;
  path: string;
  format: 'json' | 'toml' | 'yaml' | 'shell' | 'powershell' | 'plain';
  content: string;
  mode: string;
};
export type SetupFileInput = {
  name: string;
  path: string;
  format: 'json' | 'toml' | 'yaml' | 'shell' | 'powershell' | 'plain';
  content: string;
  mode?: string;
};
export type SetupFinished = { ok: boolean; log?: string };
export type SetupPreview = {
  script: string;
  bytes: number;
  files: { name: string; path: string; mode: string; content: string }[];
  checks: SetupCheck[];
  notes: string[];
};
export type SetupPreviewRequest = { profile?: string; version?: number; template?: SetupTemplateInput; values?: Record<string, string> };
export type SetupProfile = { name: string; built_in: boolean; versions: SetupVersion[] };
export type SetupProfileAnswer = { profile: SetupProfile };
export type SetupProfileList = { profiles: SetupProfile[] };
export type SetupPublish = { name: string; template: SetupTemplateInput };
export type SetupRequest = { profile: string; version?: number; values: Record<string, string> };
export type SetupRequestInput = { profile: string; version?: number; values?: Record<string, string> };
export type SetupSecrets = { secrets: Record<string, string> };
export type SetupTemplate = {
  description: string;
  variables: SetupVariable[];
  files: SetupFile[];
  script: string;
  secrets: 'fetched' | 'inline';
  checks: SetupCheck[];
  ready_within: number;
};
export type SetupTemplateInput = {
  description?: string;
  variables: SetupVariableInput[];
  files?: SetupFileInput[];
  script: string;
  secrets?: 'fetched' | 'inline';
  checks?: SetupCheck[];
  ready_within?: number;
};
export type SetupVariable = {
  name: string;
  type: 'text' | 'word' | 'user' | 'hostname' | 'url' | 'number' | 'secret' | 'password_hash';
  description: string;
  default?: string;
};
export type SetupVariableInput = {
  name: string;
  type: 'text' | 'word' | 'user' | 'hostname' | 'url' | 'number' | 'secret' | 'password_hash';
  description?: string;
  default?: string;
};
export type SetupVersion = { version: number; sha256: string; published_at: string; template: SetupTemplate };
