import { crc16 } from './crc16.ts';

/** Weights of the check digits: FNS order MMV-7-6/435@, annex; ten digits have one, twelve have two. */
const weightsOfTen = [2, 4, 10, 3, 5, 9, 4, 6, 8];
const weightsOfEleven = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const weightsOfTwelve = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

function checkDigit(digits: string, weights: readonly number[]): number {
  return (weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) % 11) % 10;
}

/** Whether a taxpayer's number (INN) has ten or twelve digits and the check digits are right. */
export function innValid(inn: string): boolean {
  if (/^\d{10}$/.test(inn)) return inn !== '0000000000' && checkDigit(inn, weightsOfTen) === Number(inn[9]);
  if (!/^\d{12}$/.test(inn) || inn === '000000000000') return false;
  return (
    checkDigit(inn, weightsOfEleven) === Number(inn[10]) &&
    checkDigit(inn, weightsOfTwelve) === Number(inn[11])
  );
}

/** The last six digits of a registration number that begins with `firstTen`: see `registrationNumberValid`. */
export function registrationCheckDigits(firstTen: string, inn: string, serialNumber: string): string {
  const covered = firstTen + inn.padStart(12, '0') + serialNumber.padStart(20, '0');
  return crc16(Buffer.from(covered, 'latin1')).toString().padStart(6, '0');
}

/**
 * Whether a cash register's registration number (16 digits) fits the taxpayer and the register: its last six
 * digits are the CRC-16 of the first ten, the INN (zeros before, 12) and the factory number (zeros before, 20).
 * The INN's own check digits are another question: `innValid`.
 */
export function registrationNumberValid(
  registrationNumber: string,
  inn: string,
  serialNumber: string,
): boolean {
  if (!/^\d{16}$/.test(registrationNumber) || !/^\d{10}(\d{2})?$/.test(inn)) return false;
  if (!/^[\x21-\x7e]{1,20}$/.test(serialNumber)) return false;
  return (
    registrationNumber.slice(10) ===
    registrationCheckDigits(registrationNumber.slice(0, 10), inn, serialNumber)
  );
}
