/** /api/simulator: the simulated clouds, looked into and broken. For the operator of Plinth; without a simulator all of it is 404. */
import {
  SimulatorChange,
  SimulatorFault,
  SimulatorFaultCreate,
  SimulatorFaultParams,
  SimulatorInstanceParams,
  SimulatorInstances,
  SimulatorRecords,
  SimulatorRequestQuery,
  SimulatorRequests,
  SimulatorState,
  SimulatorStock,
} from '../../../contract/simulator.ts';
import type { Services } from '../../kernel/services.ts';
import {
  addFault,
  changeInstance,
  removeFault,
  setStock,
  simulatorInstances,
  simulatorRecords,
  simulatorRequests,
  simulatorState,
} from './simulator.ts';
import { type Route, route } from '../../kernel/http/route.ts';

export function simulatorRoutes(services: Services): Route[] {
  return [...lookRoutes(services), ...breakRoutes(services)];
}

function lookRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/simulator',
      summary: 'The simulated providers, their counts, and the faults that are on',
      permission: 'simulator:read',
      responses: { 200: { description: 'As of now.', schema: SimulatorState } },
      handler: async () => ({ status: 200, body: await simulatorState(services) }),
    }),
    route({
      method: 'get',
      path: '/api/simulator/instances',
      summary: 'The simulated servers, whoever made them',
      permission: 'simulator:read',
      responses: { 200: { description: 'Without passwords.', schema: SimulatorInstances } },
      handler: async () => ({ status: 200, body: { instances: await simulatorInstances(services) } }),
    }),
    route({
      method: 'get',
      path: '/api/simulator/records',
      summary: 'The simulated DNS records',
      permission: 'simulator:read',
      responses: { 200: { description: 'All of them.', schema: SimulatorRecords } },
      handler: async () => ({ status: 200, body: { records: await simulatorRecords(services) } }),
    }),
    route({
      method: 'get',
      path: '/api/simulator/requests',
      summary: 'The last calls that reached the simulated providers',
      permission: 'simulator:read',
      query: SimulatorRequestQuery,
      responses: { 200: { description: 'Newest first; neither headers nor bodies.', schema: SimulatorRequests } },
      handler: async ({ query }) => ({ status: 200, body: { requests: await simulatorRequests(services, query.limit, query.provider) } }),
    }),
  ];
}

function breakRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/simulator/instances/:provider/:id',
      id: 'changeSimulatorInstance',
      summary: 'Delete, switch, rename or resize a simulated server behind Plinth’s back',
      permission: 'simulator:act',
      params: SimulatorInstanceParams,
      body: SimulatorChange,
      responses: { 204: { description: 'Done; nobody was told.' } },
      apart: 'not kept here',
      handler: async ({ params, body: { change, ...rest } }) => {
        await changeInstance(services, params.provider, params.id, change, rest);
        return { status: 204 };
      },
    }),
    route({
      method: 'put',
      path: '/api/simulator/stock',
      summary: 'Have a plan sold out in a region, or bring it back',
      permission: 'simulator:act',
      body: SimulatorStock,
      responses: { 204: { description: 'Done; catalogues learn of it when they are read again.' } },
      apart: 'not kept here',
      handler: async ({ body }) => {
        await setStock(services, body);
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/api/simulator/faults',
      summary: 'Switch a fault on',
      permission: 'simulator:act',
      body: SimulatorFaultCreate,
      responses: { 201: { description: 'It is on.', schema: SimulatorFault } },
      apart: 'not kept here',
      handler: async ({ body }) => ({ status: 201, body: await addFault(services, body) }),
    }),
    route({
      method: 'delete',
      path: '/api/simulator/faults/:id',
      summary: 'Switch a fault off',
      permission: 'simulator:act',
      params: SimulatorFaultParams,
      responses: { 204: { description: 'It is off.' } },
      apart: 'not kept here',
      handler: async ({ params }) => {
        await removeFault(services, params.id);
        return { status: 204 };
      },
    }),
  ];
}
