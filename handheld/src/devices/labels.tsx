import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../net/api";
import { Told } from "../pages/language";
import { pictureOf } from "./drawing";
import { become } from "./printers";
import type { Job, Words } from "./shapes";

/** The last labels as they look, with the code that is scanned from each. A picture is drawn when it comes into sight; where the server cannot draw it, it says why. */
export function Labels({ jobs, t, say }: Words & { jobs: Job[] }) {
  return <div class="labels">{jobs.map((job) => (
    <figure key={job.id}><Picture id={job.id} code={job.code} t={t} />
      <figcaption><b>{job.code}</b><br />{job.printer} · {become(job, say)}</figcaption></figure>
  ))}</div>;
}

function Picture({ id, code, t }: { id: number; code: string; t: Words["t"] }) {
  const place = useRef<HTMLDivElement>(null);
  const [source, setSource] = useState("");
  const [error, setError] = useState<unknown>(null);
  const told = useContext(Told);
  useEffect(() => {
    let isOver = false;
    const inSight = new IntersectionObserver(([seen]) => {
      if (!seen?.isIntersecting) return;
      inSight.disconnect();
      void pictureOf(id).then((made) => { if (!isOver) setSource(made); }).catch((wrong: unknown) => { if (!isOver) setError(wrong); });
    });
    if (place.current) inSight.observe(place.current);
    return () => {
      isOver = true;
      inSight.disconnect();
    };
  }, [id]);
  return <div class="picture" ref={place}>{source ? <img src={source} alt={code} /> : <span>{error instanceof ApiError && error.said ? told(error) : t(error === null ? "drawing" : "undrawn")}</span>}</div>;
}
