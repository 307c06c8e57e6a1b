/** Plans as Linode sells them: sizes and US prices of the public price list. */
export interface SimType {
  readonly id: string;
  readonly label: string;
  readonly class: string;
  readonly disk: number;
  readonly memory: number;
  readonly vcpus: number;
  readonly gpus: number;
  readonly accelerated_devices: number;
  readonly network_out: number;
  readonly transfer: number;
  readonly successor: string | null;
  readonly price: { hourly: number; monthly: number };
  readonly region_prices: readonly { id: string; hourly: number; monthly: number }[];
  readonly addons: {
    backups: { price: { hourly: number; monthly: number }; region_prices: { id: string; hourly: number; monthly: number }[] };
  };
}

/** id suffix, GB of memory, disk GB, vCPUs, transfer GB, Mbit/s out, USD per month. */
type Row = readonly [string, number, number, number, number, number, number];

const SHARED: readonly Row[] = [
  ['g6-standard-1', 2, 50, 1, 2000, 2000, 12],
  ['g6-standard-2', 4, 80, 2, 4000, 4000, 24],
  ['g6-standard-4', 8, 160, 4, 5000, 5000, 48],
  ['g6-standard-6', 16, 320, 6, 8000, 6000, 96],
  ['g6-standard-8', 32, 640, 8, 16000, 7000, 192],
  ['g6-standard-16', 64, 1280, 16, 20000, 9000, 384],
  ['g6-standard-20', 96, 1920, 20, 20000, 10000, 576],
  ['g6-standard-24', 128, 2560, 24, 20000, 11000, 768],
  ['g6-standard-32', 192, 3840, 32, 20000, 12000, 1152],
];
const DEDICATED: readonly Row[] = [
  ['g6-dedicated-2', 4, 80, 2, 4000, 4000, 36],
  ['g6-dedicated-4', 8, 160, 4, 5000, 5000, 72],
  ['g6-dedicated-8', 16, 320, 8, 6000, 6000, 144],
  ['g6-dedicated-16', 32, 640, 16, 7000, 7000, 288],
  ['g6-dedicated-32', 64, 1280, 32, 8000, 8000, 576],
  ['g6-dedicated-48', 96, 1920, 48, 9000, 9000, 864],
  ['g6-dedicated-50', 128, 2500, 50, 10000, 10000, 1152],
  ['g6-dedicated-56', 256, 5000, 56, 11000, 11000, 2304],
  ['g6-dedicated-64', 512, 7200, 64, 12000, 12000, 4608],
  ['g8-dedicated-4-2', 4, 40, 2, 0, 4000, 45],
  ['g8-dedicated-8-4', 8, 80, 4, 0, 5000, 90],
  ['g8-dedicated-16-8', 16, 160, 8, 0, 6000, 180],
  ['g8-dedicated-32-16', 32, 320, 16, 0, 7000, 360],
  ['g8-dedicated-64-32', 64, 640, 32, 0, 8000, 720],
];
const HIGHMEM: readonly Row[] = [
  ['g7-highmem-1', 24, 20, 2, 5000, 5000, 60],
  ['g7-highmem-2', 48, 40, 2, 6000, 6000, 120],
  ['g7-highmem-4', 90, 90, 4, 7000, 7000, 240],
  ['g7-highmem-8', 150, 200, 8, 8000, 8000, 480],
  ['g7-highmem-16', 300, 340, 16, 9000, 9000, 960],
];
const PREMIUM: readonly Row[] = [
  ['g7-premium-2', 4, 80, 2, 4000, 4000, 43],
  ['g7-premium-4', 8, 160, 4, 5000, 5000, 86],
  ['g7-premium-8', 16, 320, 8, 6000, 6000, 173],
  ['g7-premium-16', 32, 640, 16, 7000, 7000, 346],
  ['g7-premium-32', 64, 1280, 32, 8000, 8000, 691],
  ['g7-premium-48', 96, 1920, 48, 9000, 9000, 1037],
  ['g7-premium-50', 128, 2500, 50, 10000, 10000, 1382],
  ['g7-premium-56', 256, 5000, 56, 11000, 11000, 2765],
  ['g7-premium-64', 512, 7200, 64, 12000, 12000, 5530],
];
const GPU: readonly Row[] = [
  ['g1-gpu-rtx6000-1', 32, 640, 8, 16000, 10000, 1000],
  ['g1-gpu-rtx6000-2', 64, 1280, 16, 20000, 10000, 2000],
  ['g1-gpu-rtx6000-3', 96, 1920, 20, 20000, 10000, 3000],
  ['g1-gpu-rtx6000-4', 128, 2560, 24, 20000, 10000, 4000],
  ['g2-gpu-rtx4000a1-s', 16, 500, 4, 0, 10000, 350],
  ['g2-gpu-rtx4000a1-m', 32, 500, 8, 0, 10000, 446],
  ['g2-gpu-rtx4000a1-l', 64, 500, 16, 0, 10000, 638],
  ['g2-gpu-rtx4000a1-xl', 128, 500, 32, 0, 10000, 1022],
  ['g2-gpu-rtx4000a2-s', 32, 1000, 8, 0, 10000, 700],
  ['g2-gpu-rtx4000a2-m', 64, 1000, 16, 0, 10000, 892],
  ['g2-gpu-rtx4000a2-hs', 128, 1000, 32, 0, 10000, 992],
  ['g2-gpu-rtx4000a4-s', 196, 2000, 48, 0, 10000, 1976],
  ['g2-gpu-rtx4000a4-m', 256, 2000, 52, 0, 10000, 2384],
];
const ACCELERATED: readonly Row[] = [
  ['g1-accelerated-netint-vpu-t1u1-s', 16, 300, 8, 0, 10000, 280],
  ['g1-accelerated-netint-vpu-t1u1-m', 24, 400, 12, 0, 10000, 420],
];

/** Jakarta and São Paulo cost more; the factors are those of the price list, rounded to whole dollars. */
const SURCHARGE: Readonly<Record<string, number>> = { 'id-cgk': 1.2, 'br-gru': 1.4 };

export const TYPES: readonly SimType[] = [
  make('nanode', 'Nanode', ['g6-nanode-1', 1, 25, 1, 1000, 1000, 5]),
  ...SHARED.map((row) => make('standard', 'Linode', row)),
  ...HIGHMEM.map((row) => make('highmem', 'Linode', row)),
  ...DEDICATED.map((row) => make('dedicated', 'Dedicated', row)),
  ...PREMIUM.map((row) => make('premium', 'Premium', row)),
  ...GPU.map((row) => make('gpu', 'Dedicated GPU', row)),
  ...ACCELERATED.map((row) => make('accelerated', 'Netint VPU', row)),
];

function make(kind: string, family: string, [id, memoryGb, diskGb, vcpus, transfer, out, monthly]: Row): SimType {
  const price = priced(monthly);
  const backup = Math.max(2, Math.round(monthly / 5));
  return {
    id,
    label: `${family} ${memoryGb}GB`,
    class: kind,
    disk: diskGb * 1024,
    memory: memoryGb * 1024,
    vcpus,
    gpus: kind === 'gpu' ? Number(/(?:rtx6000-|rtx4000a)(\d)/.exec(id)?.[1] ?? 1) : 0,
    accelerated_devices: kind === 'accelerated' ? 1 : 0,
    network_out: out,
    transfer,
    successor: null,
    price,
    region_prices: surcharged(monthly),
    addons: { backups: { price: priced(backup), region_prices: surcharged(backup) } },
  };
}

/** An hour costs 0.15 % of a month, on every plan. */
function priced(monthly: number): { hourly: number; monthly: number } {
  return { hourly: Math.round(monthly * 15) / 10_000, monthly };
}

function surcharged(monthly: number): { id: string; hourly: number; monthly: number }[] {
  return Object.entries(SURCHARGE).map(([id, factor]) => ({ id, ...priced(Math.round(monthly * factor)) }));
}
