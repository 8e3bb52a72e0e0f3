// Drives a recorder with LiveKit's JavaScript server SDK, as any application would.
// node drive.mjs URL KEY SECRET ROOM; prints one JSON object.
import {
  EgressClient,
  EgressStatus,
  EncodedFileOutput,
  EncodingOptionsPreset,
  SegmentedFileOutput,
} from 'livekit-server-sdk';

const [url, key, secret, room] = process.argv.slice(2);
const egress = new EgressClient(url, key, secret);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(id, status) {
  for (let tries = 0; tries < 400; tries += 1) {
    const [info] = await egress.listEgress({ egressId: id });
    if (info.status === status) return info;
    if (info.status === EgressStatus.EGRESS_FAILED) throw new Error(info.error);
    await pause(50);
  }
  throw new Error('it took too long');
}

async function refusal(call) {
  try {
    await call();
    return 'nothing';
  } catch (error) {
    return { status: error.status, code: error.code, message: error.message };
  }
}

const outputs = {
  file: new EncodedFileOutput({ filepath: 'from-javascript' }),
  segments: new SegmentedFileOutput({ filenamePrefix: 'js', segmentDuration: 1 }),
};
const begun = await egress.startRoomCompositeEgress(room, outputs, {
  layout: 'speaker',
  encodingOptions: EncodingOptionsPreset.H264_720P_30,
});
await until(begun.egressId, EgressStatus.EGRESS_ACTIVE);
await egress.updateLayout(begun.egressId, 'grid-light');
await pause(1500);
const active = await egress.listEgress({ roomName: room, active: true });
await egress.stopEgress(begun.egressId);
const ended = await until(begun.egressId, EgressStatus.EGRESS_COMPLETE);

const shown = {
  began: begun.status,
  active: active.map((info) => info.egressId),
  id: begun.egressId,
  location: ended.fileResults[0].location,
  seconds: Number(ended.fileResults[0].duration / 1_000_000n) / 1000,
  segments: Number(ended.segmentResults[0].segmentCount),
  again: await refusal(() => egress.stopEgress(begun.egressId)),
  web: await refusal(() => egress.startWebEgress('https://example.com', outputs)),
  layout: await refusal(() => egress.startRoomCompositeEgress(room, outputs, { layout: 'ring' })),
};
console.log(JSON.stringify(shown));
