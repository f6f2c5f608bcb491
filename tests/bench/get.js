// get.lua for k6.
import http from 'k6/http';
import { check } from 'k6';

const checks = { 'is 200': (res) => res.status === 200 };

export default function () {
  check(http.get(__ENV.URL), checks);
}
