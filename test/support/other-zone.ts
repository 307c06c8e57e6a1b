/**
 * A host whose days begin elsewhere than its customers': what computes with its time zone by mistake is found out. Imported for
 * what it does, by tests of money and dates; the processes they start inherit it.
 */
process.env['TZ'] = 'Pacific/Chatham';
