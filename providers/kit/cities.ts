/** Where cities with data centres are: latitude and longitude in degrees, of the city's middle, to two decimals. */
import type { Location } from '../provider.ts';

/** City, country (ISO 3166-1 alpha-2), latitude, longitude. */
const CITIES = `
Amsterdam NL 52.37 4.90|Ashburn US 39.04 -77.49|Atlanta US 33.75 -84.39|Bangalore IN 12.97 77.59|Beauharnois CA 45.32 -73.87
Berlin DE 52.52 13.41|Boardman US 45.84 -119.70|Boston US 42.36 -71.06|Cape Town ZA -33.92 18.42|Changhua TW 24.08 120.54
Chennai IN 13.08 80.27|Chicago US 41.88 -87.63|Columbus US 39.96 -83.00|Council Bluffs US 41.26 -95.86|Dallas US 32.78 -96.80
Delhi IN 28.61 77.21|Dubai AE 25.20 55.27|Dublin IE 53.35 -6.26|Eemshaven NL 53.44 6.83|Erith GB 51.48 0.18|Frankfurt DE 50.11 8.68
Fremont US 37.55 -121.99|Gravelines FR 50.99 2.13|Hamina FI 60.57 27.20|Helsinki FI 60.17 24.94|Hillsboro US 45.52 -122.99
Hong Kong HK 22.32 114.17|Honolulu US 21.31 -157.86|Jakarta ID -6.21 106.85|Johannesburg ZA -26.20 28.05|Kuala Lumpur MY 3.14 101.69
Las Vegas US 36.17 -115.14|Limburg DE 50.39 8.06|London GB 51.51 -0.13|Los Angeles US 34.05 -118.24|Madrid ES 40.42 -3.70
Manama BH 26.23 50.59|Manchester GB 53.48 -2.24|Melbourne AU -37.81 144.96|Mexico City MX 19.43 -99.13|Miami US 25.76 -80.19
Milan IT 45.46 9.19|Moncks Corner US 33.20 -80.01|Montreal CA 45.50 -73.57|Mumbai IN 19.08 72.88|New York US 40.71 -74.01
Newark US 40.74 -74.17|Nuremberg DE 49.45 11.08|Osaka JP 34.69 135.50|Paris FR 48.86 2.35|Phoenix US 33.45 -112.07
Piscataway US 40.55 -74.46|Richmond US 37.54 -77.44|Roubaix FR 50.69 3.17|Saint-Ghislain BE 50.45 3.82|Salt Lake City US 40.76 -111.89
San Francisco US 37.77 -122.42|San Jose US 37.34 -121.89|Santiago CL -33.45 -70.67|Sao Paulo BR -23.55 -46.63|Seattle US 47.61 -122.33
Seoul KR 37.57 126.98|Singapore SG 1.29 103.85|Stockholm SE 59.33 18.07|Strasbourg FR 48.57 7.75|Sydney AU -33.87 151.21
Tel Aviv IL 32.09 34.78|The Dalles US 45.59 -121.18|Tokyo JP 35.68 139.69|Toronto CA 43.65 -79.38|Turin IT 45.07 7.69
Vilnius LT 54.69 25.28|Vint Hill US 38.74 -77.67|Warsaw PL 52.23 21.01|Washington US 38.91 -77.04|Zaragoza ES 41.65 -0.89
Zurich CH 47.38 8.54`;

const byName = new Map(
  CITIES.trim()
    .split(/[|\n]/)
    .map((entry): [string, Location] => {
      const [, name = '', country = '', latitude, longitude] = /^(.+) ([A-Z]{2}) (\S+) (\S+)$/.exec(entry) ?? [];
      return [keyOf(name, country), { latitude: Number(latitude), longitude: Number(longitude) }];
    }),
);

/** Without accents, what follows a comma, and a number: `São Paulo, BR`, `Frankfurt 2` and `Ashburn, VA` are cities. */
function keyOf(city: string, country: string): string {
  const plain = city.normalize('NFD').replaceAll(/\p{M}/gu, '');
  return `${plain.replace(/,.*$/, '').replace(/ \d+$/, '').trim().toLowerCase()} ${country}`;
}

/**
 * `{location}` of a city in that country (ISO 3166-1 alpha-2), to be spread into a region; `{}` where the table does not have it, or
 * the country is not known: cities of one name are in several.
 */
export function placeOf(city: string, country: string | null): { readonly location?: Location } {
  const location = country === null ? undefined : byName.get(keyOf(city, country));
  return location ? { location } : {};
}
