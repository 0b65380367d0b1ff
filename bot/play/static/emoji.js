// The short names that a meeting bot and the people who talk to it use. Others stay as typed.
export const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", no_entry: "⛔", no_entry_sign: "🚫", question: "❓",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", clock: "🕐", clock3: "🕒", alarm_clock: "⏰", calendar: "📅", spiral_calendar_pad: "🗓️",
  lock: "🔒", unlock: "🔓", key: "🔑", shield: "🛡️", bell: "🔔", no_bell: "🔕", telephone_receiver: "📞", phone: "☎️",
  telephone: "☎️", iphone: "📱", movie_camera: "🎥", video_camera: "📹", microphone: "🎤", mute: "🔇", speaker: "🔈", sound: "🔉",
  link: "🔗", door: "🚪", wave: "👋", "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", raised_hand: "✋", pray: "🙏",
  tada: "🎉", rocket: "🚀", eyes: "👀", smile: "😄", slightly_smiling_face: "🙂", thinking_face: "🤔", robot_face: "🤖", heart: "❤️",
  red_circle: "🔴", large_green_circle: "🟢", large_yellow_circle: "🟡", white_circle: "⚪", large_blue_circle: "🔵", black_circle: "⚫",
  bulb: "💡", gear: "⚙️", wrench: "🔧", mag: "🔍", memo: "📝", page_facing_up: "📄", pushpin: "📌", star: "⭐", bust_in_silhouette: "👤",
  busts_in_silhouette: "👥", speech_balloon: "💬", information_source: "ℹ️", arrow_right: "➡️", repeat: "🔁", boom: "💥", fire: "🔥",
};
