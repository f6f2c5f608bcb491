// ticks.lua for k6, with a request each.
import http from 'k6/http';

export const options = {
  scenarios: {
    ticks: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE),
      duration: __ENV.DURATION,
      preAllocatedVUs: 500,
    },
  },
};

export default function () {
  http.get(__ENV.URL);
}
