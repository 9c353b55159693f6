// Prelude, part 2: days as numbers, day 1 being 0001-01-01; no time zone comes near them.

// --- copied from here

const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysIn(year: number, month: number): number {
  if (month === 2) {
    return isLeap(year) ? 29 : 28;
  }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function ordinalOf(year: number, month: number, day: number): number {
  const years = year - 1;
  const leaps = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  const before = DAYS_BEFORE[month - 1] ?? defect("a month that is none");
  return 365 * years + leaps + before + (month > 2 && isLeap(year) ? 1 : 0) + day;
}

/** Year, month and day of the month. */
function civil(ordinal: number): readonly [number, number, number] {
  // No year starts later than where 365 days a year would have it; at most two steps back.
  let year = Math.floor((ordinal - 1) / 365.2425) + 2;
  while (ordinalOf(year, 1, 1) > ordinal) {
    year -= 1;
  }
  let month = 12;
  while (ordinalOf(year, month, 1) > ordinal) {
    month -= 1;
  }
  return [year, month, ordinal - ordinalOf(year, month, 1) + 1];
}

/** The day moved by calendar months, clipped to the month's end. */
function shift(ordinal: number, months: number): number {
  const [year, month, day] = civil(ordinal);
  const moved = year * 12 + month - 1 + months;
  const [toYear, toMonth] = [Math.floor(moved / 12), (((moved % 12) + 12) % 12) + 1];
  return ordinalOf(toYear, toMonth, Math.min(day, daysIn(toYear, toMonth)));
}

/** `2026-03-01`. */
function dayText(ordinal: number): string {
  const [year, month, day] = civil(ordinal);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

/** The day that `2026-03-01` names; null if it names none. */
function dayOf(text: string): number | null {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) || text.length !== 10) {
    return null;
  }
  const [year, month, day] = [+text.slice(0, 4), +text.slice(5, 7), +text.slice(8, 10)];
  const named = year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  return named ? ordinalOf(year, month, day) : null;
}

const FIRST_DAY = ordinalOf(1700, 1, 1);
const LAST_DAY = ordinalOf(9899, 12, 31);

// --- to here
