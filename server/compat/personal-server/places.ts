/** Where countries are, in whole degrees: enough to say which of a few data centres is the nearest. */

import type { Region } from '../../../providers/provider.ts';

/** Latitude and longitude; south and west below zero. */
export type Place = readonly [latitude: number, longitude: number];

/** About the middle of where people live, by ISO 3166-1 alpha-2. */
const COUNTRIES =
  'AD42,2 AE24,54 AF34,66 AG17,-62 AI18,-63 AL41,20 AM40,45 AO-12,18 AR-34,-62 AS-14,-171 AT48,15 AU-33,148 AW13,-70 AX60,20 AZ40,48 BA44,18 ' +
  'BB13,-60 BD24,90 BE51,4 BF12,-2 BG43,25 BH26,51 BI-3,30 BJ7,2 BL18,-63 BM32,-65 BN5,115 BO-17,-65 BQ12,-68 BR-19,-47 BS25,-77 BT27,90 ' +
  'BW-22,25 BY54,28 BZ17,-89 CA46,-80 CC-12,97 CD-4,22 CF5,19 CG-3,15 CH47,8 CI7,-5 CK-21,-160 CL-33,-71 CM5,12 CN33,113 CO5,-74 CR10,-84 ' +
  'CU22,-80 CV15,-24 CW12,-69 CX-10,106 CY35,33 CZ50,15 DE51,10 DJ12,43 DK56,11 DM15,-61 DO19,-70 DZ36,3 EC-1,-79 EE59,26 EG30,31 EH25,-13 ' +
  'ER15,39 ES40,-4 ET9,39 FI61,25 FJ-18,178 FK-52,-59 FM7,158 FO62,-7 FR47,2 GA0,10 GB52,-1 GD12,-62 GE42,44 GF5,-53 GG49,-3 GH6,-1 GI36,-5 ' +
  'GL64,-52 GM13,-16 GN10,-12 GP16,-62 GQ2,10 GR38,23 GT15,-91 GU13,145 GW12,-15 GY7,-58 HK22,114 HN15,-87 HR45,16 HT19,-72 HU47,19 ID-6,108 ' +
  'IE53,-7 IL32,35 IM54,-5 IN22,79 IO-7,72 IQ33,44 IR34,52 IS64,-22 IT43,12 JE49,-2 JM18,-77 JO32,36 JP36,138 KE-1,37 KG42,74 KH12,105 ' +
  'KI1,173 KM-12,43 KN17,-63 KP39,126 KR37,127 KW29,48 KY19,-81 KZ47,72 LA18,103 LB34,36 LC14,-61 LI47,10 LK7,80 LR6,-10 LS-29,28 LT55,24 ' +
  'LU50,6 LV57,25 LY32,14 MA33,-7 MC44,7 MD47,29 ME42,19 MF18,-63 MG-19,47 MH7,171 MK42,22 ML13,-6 MM19,96 MN48,106 MO22,114 MP15,146 ' +
  'MQ15,-61 MR18,-14 MS17,-62 MT36,14 MU-20,58 MV4,73 MW-14,34 MX20,-100 MY4,103 MZ-18,36 NA-22,17 NC-22,166 NE14,6 NF-29,168 NG8,7 NI12,-86 ' +
  'NL52,5 NO60,10 NP28,84 NR-1,167 NU-19,-170 NZ-39,176 OM23,58 PA9,-80 PE-11,-76 PF-18,-150 PG-7,146 PH14,121 PK31,72 PL52,20 PM47,-56 ' +
  'PR18,-66 PS32,35 PT40,-8 PW7,134 PY-25,-57 QA25,51 RE-21,56 RO45,26 RS44,21 RU56,40 RW-2,30 SA24,45 SB-9,160 SC-5,55 SD15,32 SE59,16 ' +
  'SG1,104 SH-16,-6 SI46,15 SK49,19 SL8,-12 SM44,12 SN15,-16 SO3,45 SR6,-55 SS6,31 ST0,7 SV14,-89 SX18,-63 SY35,37 SZ-27,31 TC22,-72 TD12,16 ' +
  'TG7,1 TH14,101 TJ38,69 TK-9,-172 TL-9,126 TM38,58 TN36,10 TO-21,-175 TR39,33 TT11,-61 TV-8,179 TW24,121 TZ-5,35 UA49,31 UG1,32 US39,-92 ' +
  'UY-34,-56 UZ41,66 VA42,12 VC13,-61 VE10,-67 VG18,-65 VI18,-65 VN16,107 VU-17,168 WF-13,-176 WS-14,-172 XK43,21 YE15,45 YT-13,45 ZA-28,27 ' +
  'ZM-14,28 ZW-19,30';

const byCountry = new Map(
  COUNTRIES.split(' ').map((entry): [string, Place] => {
    const [latitude, longitude] = entry.slice(2).split(',').map(Number);
    return [entry.slice(0, 2), [latitude!, longitude!]];
  }),
);

/** Null for a code that nobody has. */
export function placeOfCountry(code: string): Place | null {
  return byCountry.get(code.toUpperCase()) ?? null;
}

/** Of a data centre: its own place, else the middle of its country; null where neither is known. */
export function placeOfRegion({ location, country }: Pick<Region, 'location' | 'country'>): Place | null {
  if (location) return [location.latitude, location.longitude];
  return country === null ? null : placeOfCountry(country);
}

/** Along the sphere, in kilometres. */
export function distanceKm([fromLatitude, fromLongitude]: Place, [toLatitude, toLongitude]: Place): number {
  const radians = Math.PI / 180;
  const [a, b] = [fromLatitude * radians, toLatitude * radians];
  const h = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(((toLongitude - fromLongitude) * radians) / 2) ** 2;
  return 2 * 6_371 * Math.asin(Math.min(1, Math.sqrt(h)));
}
