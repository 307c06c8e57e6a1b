import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SimulatorRecords, SimulatorRequests } from '../../kit/api/client.ts';
import { accountsQuery, simulatorQuery } from '../../kit/api/queries.ts';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { SimulatorFaults } from '../components/simulator-faults.tsx';
import { SimulatedServers } from '../components/simulator-instances.tsx';
import { SimulatorStock } from '../components/simulator-stock.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { pageProblem } from '../lib/abilities.ts';
import { clockTime } from '../../kit/lib/format.ts';
import { useSession } from '../../kit/lib/use-session.ts';

export function SimulatorPage() {
  const session = useSession();
  const mayNot = pageProblem(session, '/simulator');
  const off = session !== undefined && session.simulator_url === null;
  const enabled = session !== undefined && mayNot === null && !off;
  const simulator = useQuery({ ...simulatorQuery, enabled });
  const accounts = useQuery({ ...accountsQuery, enabled }).data;
  const sellers = accounts?.providers.filter(
    ({ simulated, type }) => simulated && accounts.available.find((each) => each.type === type)?.roles.includes('compute'),
  );
  const { data } = simulator;
  return (
    <Page
      title="Simulator"
      lead="The simulated providers as their own consoles would show them. What you do here, Plinth is not told: let it find out."
    >
      {mayNot && <p className="text-ink-2">{mayNot}</p>}
      {!mayNot && off && (
        <Empty icon="simulator" title="There is no simulator here">
          In development mode SIMULATOR=on starts one. In production mode there is none.
        </Empty>
      )}
      {simulator.error && <ProblemNote error={simulator.error} retry={() => void simulator.refetch()} />}
      {simulator.isLoading && <Loading what="the simulator" />}
      {data && (
        <>
          <Card title="Servers" actions={<span className="text-ink-2">{data.speed} × as fast as the real clouds</span>}>
            <SimulatedServers instances={data.instances} />
            {data.instances.length > 0 && (
              <p className="mt-3 text-ink-2">
                Broke one? Plinth sees it with the next{' '}
                <Link to="/drift" className="underline underline-offset-2">
                  look at drift
                </Link>
                .
              </p>
            )}
          </Card>
          <Card title="Faults">
            <SimulatorFaults state={data} />
          </Card>
          <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-2">
            <Card title="DNS records">
              <Records records={data.records} />
            </Card>
            <Card title="Stock">{sellers && <SimulatorStock accounts={sellers} />}</Card>
          </div>
          <Card title="Last calls">
            <Requests requests={data.requests} />
          </Card>
        </>
      )}
    </Page>
  );
}

function Records({ records }: SimulatorRecords) {
  if (records.length === 0) return <p className="text-ink-2">No record yet.</p>;
  return (
    <TextTable
      label="Simulated DNS records"
      head={['Name', 'Type', 'Content', 'Comment']}
      rows={records.map((each) => [each.name, each.type, each.content, each.comment ?? ''])}
    />
  );
}

function Requests({ requests }: SimulatorRequests) {
  if (requests.length === 0) return <p className="text-ink-2">Nobody has called yet.</p>;
  return (
    <TextTable
      label="Last calls at the simulated providers"
      head={['At', 'Provider', 'Call', 'Status', 'ms', 'Fault']}
      rows={requests.map((each) => [
        clockTime(new Date(each.at)),
        each.provider,
        `${each.method} ${each.path}`,
        each.status === 0 ? 'no answer' : String(each.status),
        String(each.ms),
        each.fault ?? '',
      ])}
    />
  );
}

function TextTable({ label, head, rows }: { label: string; head: readonly string[]; rows: readonly (readonly string[])[] }) {
  return (
    <Table label={label} head={head} boxClass="max-h-96 overflow-auto" className="min-w-[36rem]">
      {rows.map((row, index) => (
        <tr key={`${index} ${row[0]}`} className="font-mono text-xs">
          {row.map((cell, column) => (
            <td key={head[column]} className="max-w-96 py-1.5 pr-4 break-all">
              {cell}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}
