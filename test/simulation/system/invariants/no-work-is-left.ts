import type { Task } from "../../../../src/core/model/task";
import type { Watch } from "../facts";
import type { World } from "../world";

/** Whether a task may stay for good. */
export function mayStay(task: Task): boolean {
  const stays: readonly string[] = ["idle", "parked"];
  const purpose: string = task.purpose;
  return stays.includes(task.class) || purpose === "sync";
}

/** G6: in the end no work is left over, whatever crashed on the way. */
export function noWorkIsLeft(world: World): Watch {
  return {
    end() {
      for (const task of world.mirror.all("task")) {
        if (mayStay(task)) continue;
        world.violate({
          invariant: "noWorkIsLeft",
          about: [task.id, task.messageId],
          text: `${task.id} is left over (try ${task.attempts}${task.calling ? ", calling" : ""})`,
        });
      }
    },
  };
}
