import { expect, it } from 'vitest';
import { vpsOf } from './stack.ts';

it('names the VPS of a resource’s URN and of a provider’s', () => {
  expect(vpsOf('urn:pulumi:vps-abcd1234::plinth::plinth:index:CustomerVps$cloud:index:Server::vps-instance')).toBe('abcd1234');
  expect(vpsOf('urn:pulumi:vps-abcd1234::plinth::pulumi:providers:cloud::default_1_2_3')).toBe('abcd1234');
});

it('says so where there is none', () => {
  expect(() => vpsOf('urn:pulumi:dev::mine::cloud:index:Server::s')).toThrow('belongs to no VPS of Plinth');
  expect(() => vpsOf('urn:pulumi:vps-abcd1234::mine::cloud:index:Server::s')).toThrow('belongs to no VPS of Plinth');
});
