/** What tests do at DigitalOcean beside what Plinth does: orders of others, and actions that nobody waits for. */
import { z } from 'zod';
import { Rest, type Ask } from '../kit/rest.ts';
import type { AccountConnection } from '../provider.ts';
import { dialect } from './client.ts';
import { actionSchema, dropletSchema, type Action, type Droplet } from './schemas.ts';

export class DigitalOceanClient extends Rest {
  constructor(connection: AccountConnection) {
    super(dialect, connection);
  }
  async run(ask: Ask): Promise<void> {
    await this.send(ask);
  }
  createDroplet(body: object): Promise<{ droplet: Droplet }> {
    return this.buy({ path: '/v2/droplets', body }, z.object({ droplet: dropletSchema }));
  }
  dropletsByTag(tag: string): Promise<Droplet[]> {
    return this.all({ path: '/v2/droplets', query: { tag_name: tag } }, 'droplets', dropletSchema);
  }
  startAction(id: string, body: object): Promise<Action> {
    return this.one({ method: 'POST', path: `/v2/droplets/${id}/actions`, body }, 'action', actionSchema);
  }
}
